using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace WebHoster.Infrastructure.Data.Migrations
{
    /// <inheritdoc />
    public partial class HostKeys : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<string>(
                name: "host_key",
                table: "hostings",
                type: "character varying(200)",
                maxLength: 200,
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "host_key",
                table: "hostings");
        }
    }
}
