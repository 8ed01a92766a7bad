using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace WebHoster.Infrastructure.Data.Migrations
{
    /// <inheritdoc />
    public partial class UnwellHostings : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "unwell_since",
                table: "hostings",
                type: "timestamp with time zone",
                nullable: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropColumn(
                name: "unwell_since",
                table: "hostings");
        }
    }
}
