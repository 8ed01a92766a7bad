using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace WebHoster.Infrastructure.Data.Migrations
{
    /// <inheritdoc />
    public partial class StreamTickets : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "stream_tickets",
                columns: table => new
                {
                    hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    purpose = table.Column<string>(type: "character varying(20)", maxLength: 20, nullable: false),
                    hosting_id = table.Column<Guid>(type: "uuid", nullable: false),
                    owner_id = table.Column<Guid>(type: "uuid", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_stream_tickets", x => x.hash);
                    table.ForeignKey(
                        name: "FK_stream_tickets_hostings_hosting_id",
                        column: x => x.hosting_id,
                        principalTable: "hostings",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_stream_tickets_hosting_id",
                table: "stream_tickets",
                column: "hosting_id");

            // Every machine is told the key by which the portal reaches its files.
            migrationBuilder.Sql("update hostings set keys_wanted = keys_wanted + 1");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "stream_tickets");
        }
    }
}
