using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace WebHoster.Infrastructure.Data.Migrations
{
    /// <inheritdoc />
    public partial class AdministratorsDesk : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "last_sign_in_at",
                table: "users",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "acting_sessions",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    admin_id = table.Column<Guid>(type: "uuid", nullable: false),
                    customer_id = table.Column<Guid>(type: "uuid", nullable: false),
                    started_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ends_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ended_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_acting_sessions", x => x.id);
                    table.ForeignKey(
                        name: "FK_acting_sessions_users_admin_id",
                        column: x => x.admin_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_acting_sessions_users_customer_id",
                        column: x => x.customer_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "announcements",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    text_en = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: true),
                    text_ko = table.Column<string>(type: "character varying(500)", maxLength: 500, nullable: true),
                    level = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    starts_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    ends_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    dismissible = table.Column<bool>(type: "boolean", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_announcements", x => x.id);
                });

            migrationBuilder.CreateTable(
                name: "run_time_settings",
                columns: table => new
                {
                    name = table.Column<string>(type: "character varying(40)", maxLength: 40, nullable: false),
                    value = table.Column<string>(type: "text", nullable: false),
                    changed_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    changed_by = table.Column<Guid>(type: "uuid", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_run_time_settings", x => x.name);
                });

            migrationBuilder.CreateIndex(
                name: "IX_users_created_at_id",
                table: "users",
                columns: new[] { "created_at", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_users_user_name_id",
                table: "users",
                columns: new[] { "user_name", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_operations_created_at_id",
                table: "operations",
                columns: new[] { "created_at", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_hostings_created_at_id",
                table: "hostings",
                columns: new[] { "created_at", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_audit_entries_actor_id_id",
                table: "audit_entries",
                columns: new[] { "actor_id", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_audit_entries_subject_id",
                table: "audit_entries",
                columns: new[] { "subject", "id" });

            migrationBuilder.CreateIndex(
                name: "IX_acting_sessions_admin_id",
                table: "acting_sessions",
                column: "admin_id");

            migrationBuilder.CreateIndex(
                name: "IX_acting_sessions_customer_id",
                table: "acting_sessions",
                column: "customer_id");

            migrationBuilder.Sql(AdministratorsDeskSql.Up);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(AdministratorsDeskSql.Down);
            migrationBuilder.DropTable(
                name: "acting_sessions");

            migrationBuilder.DropTable(
                name: "announcements");

            migrationBuilder.DropTable(
                name: "run_time_settings");

            migrationBuilder.DropIndex(
                name: "IX_users_created_at_id",
                table: "users");

            migrationBuilder.DropIndex(
                name: "IX_users_user_name_id",
                table: "users");

            migrationBuilder.DropIndex(
                name: "IX_operations_created_at_id",
                table: "operations");

            migrationBuilder.DropIndex(
                name: "IX_hostings_created_at_id",
                table: "hostings");

            migrationBuilder.DropIndex(
                name: "IX_audit_entries_actor_id_id",
                table: "audit_entries");

            migrationBuilder.DropIndex(
                name: "IX_audit_entries_subject_id",
                table: "audit_entries");

            migrationBuilder.DropColumn(
                name: "last_sign_in_at",
                table: "users");
        }
    }
}
