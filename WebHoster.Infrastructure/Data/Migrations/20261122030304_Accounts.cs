using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace WebHoster.Infrastructure.Data.Migrations
{
    /// <inheritdoc />
    public partial class Accounts : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(
                name: "IX_hostings_owner_id",
                table: "hostings");

            migrationBuilder.AddColumn<DateTimeOffset>(
                name: "disabled_at",
                table: "users",
                type: "timestamp with time zone",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "plan_name",
                table: "users",
                type: "character varying(30)",
                nullable: false,
                defaultValue: "standard");

            migrationBuilder.AddColumn<int>(
                name: "keys_applied",
                table: "hostings",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "keys_wanted",
                table: "hostings",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.AddColumn<int>(
                name: "ordinal",
                table: "hostings",
                type: "integer",
                nullable: false,
                defaultValue: 0);

            migrationBuilder.CreateTable(
                name: "api_tokens",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    owner_id = table.Column<Guid>(type: "uuid", nullable: false),
                    name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    scopes = table.Column<string[]>(type: "text[]", nullable: false),
                    hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    hint = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    expires_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true),
                    last_used_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_api_tokens", x => x.id);
                    table.ForeignKey(
                        name: "FK_api_tokens_users_owner_id",
                        column: x => x.owner_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "idempotency_records",
                columns: table => new
                {
                    owner_id = table.Column<Guid>(type: "uuid", nullable: false),
                    key = table.Column<string>(type: "character varying(255)", maxLength: 255, nullable: false),
                    request_hash = table.Column<byte[]>(type: "bytea", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false),
                    status = table.Column<int>(type: "integer", nullable: true),
                    location = table.Column<string>(type: "text", nullable: true),
                    body = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_idempotency_records", x => new { x.owner_id, x.key });
                    table.ForeignKey(
                        name: "FK_idempotency_records_users_owner_id",
                        column: x => x.owner_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateTable(
                name: "plans",
                columns: table => new
                {
                    name = table.Column<string>(type: "character varying(30)", maxLength: 30, nullable: false),
                    memory_mb = table.Column<int>(type: "integer", nullable: false),
                    vcpus = table.Column<int>(type: "integer", nullable: false),
                    disk_gb = table.Column<int>(type: "integer", nullable: false),
                    max_hostings = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_plans", x => x.name);
                });

            migrationBuilder.CreateTable(
                name: "ssh_keys",
                columns: table => new
                {
                    id = table.Column<Guid>(type: "uuid", nullable: false),
                    owner_id = table.Column<Guid>(type: "uuid", nullable: false),
                    hosting_id = table.Column<Guid>(type: "uuid", nullable: true),
                    name = table.Column<string>(type: "character varying(100)", maxLength: 100, nullable: false),
                    type = table.Column<string>(type: "text", nullable: false),
                    blob = table.Column<string>(type: "text", nullable: false),
                    fingerprint = table.Column<string>(type: "text", nullable: false),
                    created_at = table.Column<DateTimeOffset>(type: "timestamp with time zone", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ssh_keys", x => x.id);
                    table.ForeignKey(
                        name: "FK_ssh_keys_hostings_hosting_id",
                        column: x => x.hosting_id,
                        principalTable: "hostings",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                    table.ForeignKey(
                        name: "FK_ssh_keys_users_owner_id",
                        column: x => x.owner_id,
                        principalTable: "users",
                        principalColumn: "id",
                        onDelete: ReferentialAction.Cascade);
                });

            migrationBuilder.CreateIndex(
                name: "IX_users_plan_name",
                table: "users",
                column: "plan_name");

            migrationBuilder.CreateIndex(
                name: "IX_hostings_owner_id_ordinal",
                table: "hostings",
                columns: new[] { "owner_id", "ordinal" },
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_api_tokens_hash",
                table: "api_tokens",
                column: "hash",
                unique: true);

            migrationBuilder.CreateIndex(
                name: "IX_api_tokens_owner_id",
                table: "api_tokens",
                column: "owner_id");

            migrationBuilder.CreateIndex(
                name: "IX_ssh_keys_hosting_id",
                table: "ssh_keys",
                column: "hosting_id");

            migrationBuilder.CreateIndex(
                name: "IX_ssh_keys_owner_id_hosting_id_fingerprint",
                table: "ssh_keys",
                columns: new[] { "owner_id", "hosting_id", "fingerprint" },
                unique: true)
                .Annotation("Npgsql:NullsDistinct", false);

            migrationBuilder.Sql(
                """
                insert into plans (name, memory_mb, vcpus, disk_gb, max_hostings)
                select 'standard', 1024, 1, 10, 1 where exists (select from users);
                update hostings set ordinal = 1;
                insert into ssh_keys (id, owner_id, hosting_id, name, type, blob, fingerprint, created_at)
                select gen_random_uuid(), owner_id, id, 'Created with the hosting', split_part(authorized_key, ' ', 1), split_part(authorized_key, ' ', 2),
                    'SHA256:' || rtrim(encode(sha256(decode(split_part(authorized_key, ' ', 2), 'base64')), 'base64'), '='), created_at
                from hostings;

                -- Usernames and names of hostings share one address space: PostgreSQL itself keeps them apart.
                create table names (
                    name varchar(256) primary key,
                    owner_id uuid not null references users on delete cascade,
                    hosting_id uuid references hostings on delete cascade);
                create index on names (owner_id);
                create index on names (hosting_id);
                insert into names (name, owner_id) select user_name, id from users;

                create function claim_username() returns trigger language plpgsql as $$
                begin
                    insert into names (name, owner_id) values (new.user_name, new.id);
                    return null;
                end $$;
                create trigger users_claim_name after insert on users for each row execute function claim_username();
                create function claim_slug() returns trigger language plpgsql as $$
                begin
                    if not exists (select from names where name = new.slug and owner_id = new.owner_id and hosting_id is null) then
                        insert into names (name, owner_id, hosting_id) values (new.slug, new.owner_id, new.id);
                    end if;
                    return null;
                end $$;
                create trigger hostings_claim_name after insert on hostings for each row execute function claim_slug();

                -- A key that comes or goes is news to every machine that it opens.
                create function want_keys() returns trigger language plpgsql as $$
                declare k ssh_keys := coalesce(new, old);
                begin
                    update hostings set keys_wanted = keys_wanted + 1 where owner_id = k.owner_id and (k.hosting_id is null or id = k.hosting_id);
                    perform pg_notify('webhoster_work', id::text) from hostings where owner_id = k.owner_id and (k.hosting_id is null or id = k.hosting_id);
                    return null;
                end $$;
                create trigger ssh_keys_change after insert or delete on ssh_keys for each row execute function want_keys();

                drop trigger hostings_change on hostings;
                create trigger hostings_change after update on hostings for each row
                    when ((old.status, old.desired, old.health, old.route, old.generation, old.keys_wanted, old.keys_applied)
                        is distinct from (new.status, new.desired, new.health, new.route, new.generation, new.keys_wanted, new.keys_applied))
                    execute function announce_hosting();
                """);

            migrationBuilder.DropColumn(
                name: "authorized_key",
                table: "hostings");

            migrationBuilder.AddForeignKey(
                name: "FK_users_plans_plan_name",
                table: "users",
                column: "plan_name",
                principalTable: "plans",
                principalColumn: "name",
                onDelete: ReferentialAction.Restrict);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.Sql(
                """
                drop trigger hostings_change on hostings;
                create trigger hostings_change after update on hostings for each row
                    when ((old.status, old.desired, old.health, old.route, old.generation) is distinct from (new.status, new.desired, new.health, new.route, new.generation))
                    execute function announce_hosting();
                drop function claim_username, claim_slug, want_keys cascade;
                drop table names;
                """);

            migrationBuilder.DropForeignKey(
                name: "FK_users_plans_plan_name",
                table: "users");

            migrationBuilder.DropTable(
                name: "api_tokens");

            migrationBuilder.DropTable(
                name: "idempotency_records");

            migrationBuilder.DropTable(
                name: "plans");

            migrationBuilder.DropTable(
                name: "ssh_keys");

            migrationBuilder.DropIndex(
                name: "IX_users_plan_name",
                table: "users");

            migrationBuilder.DropIndex(
                name: "IX_hostings_owner_id_ordinal",
                table: "hostings");

            migrationBuilder.DropColumn(
                name: "disabled_at",
                table: "users");

            migrationBuilder.DropColumn(
                name: "plan_name",
                table: "users");

            migrationBuilder.DropColumn(
                name: "keys_applied",
                table: "hostings");

            migrationBuilder.DropColumn(
                name: "keys_wanted",
                table: "hostings");

            migrationBuilder.DropColumn(
                name: "ordinal",
                table: "hostings");

            migrationBuilder.AddColumn<string>(
                name: "authorized_key",
                table: "hostings",
                type: "text",
                nullable: false,
                defaultValue: "");

            migrationBuilder.CreateIndex(
                name: "IX_hostings_owner_id",
                table: "hostings",
                column: "owner_id",
                unique: true);
        }
    }
}
