using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace WebHoster.Infrastructure.Data.Migrations
{
    /// <inheritdoc />
    public partial class Metrics : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "metric_points",
                columns: table => new
                {
                    hosting_id = table.Column<Guid>(type: "uuid", nullable: false),
                    grain = table.Column<int>(type: "integer", nullable: false),
                    place = table.Column<short>(type: "smallint", nullable: false),
                    at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    cpu_percent = table.Column<float>(type: "real", nullable: false),
                    guest_memory_used = table.Column<long>(type: "bigint", nullable: true),
                    guest_memory_total = table.Column<long>(type: "bigint", nullable: true),
                    disk_used = table.Column<long>(type: "bigint", nullable: true),
                    disk_read = table.Column<float>(type: "real", nullable: false),
                    disk_written = table.Column<float>(type: "real", nullable: false),
                    net_received = table.Column<float>(type: "real", nullable: false),
                    net_sent = table.Column<float>(type: "real", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_metric_points", x => new { x.hosting_id, x.grain, x.place });
                    table.ForeignKey(
                        name: "FK_metric_points_hostings_hosting_id",
                        column: x => x.hosting_id,
                        principalTable: "hostings",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.Sql(
                """
                -- A lap of the ring writes every row of a page anew in one statement: with half of it free, the new versions stay on the
                -- page, the index is not touched, and the old ones go at the next look.
                alter table metric_points set (fillfactor = 50);

                -- Keys and tokens are shown on pages that follow them.
                create function announce_account() returns trigger language plpgsql as $$
                begin
                    perform announce('account', '00000000-0000-0000-0000-000000000000', coalesce(new.owner_id, old.owner_id), null);
                    return null;
                end $$;
                create trigger ssh_keys_announce after insert or update or delete on ssh_keys for each row execute function announce_account();
                create trigger api_tokens_announce after insert or update or delete on api_tokens for each row execute function announce_account();
                """);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql("drop function announce_account cascade;");
            migrationBuilder.DropTable(
                name: "metric_points");
        }
    }
}
