using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using WebHoster.Core.Accounts;
using WebHoster.Core.Hostings;
using WebHoster.Infrastructure.Acting;

namespace WebHoster.Infrastructure.Data;

/// <summary>The tables of people: Identity's, and what is somebody's own.</summary>
internal static class AccountsModel
{
    private const int MaxCredentialId = 1024;

    public static void Describe(ModelBuilder builder)
    {
        builder.Entity<User>(user =>
        {
            user.ToTable("users");
            user.HasIndex(u => u.NormalizedEmail).IsUnique().HasDatabaseName("ix_users_email");
            // The orders of the administrators' list.
            user.HasIndex(u => new { u.CreatedAt, u.Id });
            user.HasIndex(u => new { u.UserName, u.Id });
            user.HasOne<Plan>().WithMany().HasForeignKey(u => u.PlanName).OnDelete(DeleteBehavior.Restrict);
            user.Property(u => u.PlanName).HasDefaultValue(Plan.Standard);
        });
        builder.Entity<IdentityRole<Guid>>().ToTable("roles");
        builder.Entity<IdentityUserRole<Guid>>().ToTable("user_roles");
        builder.Entity<IdentityUserClaim<Guid>>().ToTable("user_claims");
        builder.Entity<IdentityUserLogin<Guid>>().ToTable("user_logins");
        builder.Entity<IdentityUserToken<Guid>>().ToTable("user_tokens");
        builder.Entity<IdentityRoleClaim<Guid>>().ToTable("role_claims");
        // As Identity's own third schema has it, which only contexts with its options would get.
        builder.Entity<IdentityUserPasskey<Guid>>(passkey =>
        {
            passkey.ToTable("user_passkeys");
            passkey.HasKey(p => p.CredentialId);
            passkey.Property(p => p.CredentialId).HasMaxLength(MaxCredentialId);
            passkey.OwnsOne(p => p.Data).ToJson();
            passkey.HasOne<User>().WithMany().HasForeignKey(p => p.UserId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<SshKey>(key =>
        {
            key.ToTable("ssh_keys");
            key.Property(k => k.Id).ValueGeneratedNever();
            key.Property(k => k.Name).HasMaxLength(PersonalName.MaxLength);
            key.HasIndex(k => new { k.OwnerId, k.HostingId, k.Fingerprint }).IsUnique().AreNullsDistinct(false);
            key.HasOne<User>().WithMany().HasForeignKey(k => k.OwnerId).OnDelete(DeleteBehavior.Cascade);
            key.HasOne<Hosting>().WithMany().HasForeignKey(k => k.HostingId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<ApiToken>(token =>
        {
            token.ToTable("api_tokens");
            token.Property(t => t.Id).ValueGeneratedNever();
            token.Property(t => t.Name).HasMaxLength(PersonalName.MaxLength);
            token.PrimitiveCollection(t => t.Scopes).ElementType().HasConversion<WordConverter<TokenScope>>();
            token.HasIndex(t => t.Hash).IsUnique();
            token.HasOne<User>().WithMany().HasForeignKey(t => t.OwnerId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<Session>(session =>
        {
            session.ToTable("sessions");
            session.Property(s => s.Id).ValueGeneratedNever();
            session.Property(s => s.Browser).HasMaxLength(Session.MaxBrowserLength);
            session.HasIndex(s => new { s.UserId, s.SeenAt });
            session.HasOne<User>().WithMany().HasForeignKey(s => s.UserId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<RecoveryCode>(code =>
        {
            code.ToTable("recovery_codes");
            code.HasKey(c => new { c.UserId, c.Hash });
            code.HasOne<User>().WithMany().HasForeignKey(c => c.UserId).OnDelete(DeleteBehavior.Cascade);
        });
        builder.Entity<ActingSession>(session =>
        {
            session.ToTable("acting_sessions");
            session.Property(s => s.Id).ValueGeneratedNever();
            session.HasIndex(s => s.AdminId);
            session.HasIndex(s => s.CustomerId);
            session.HasOne<User>().WithMany().HasForeignKey(s => s.AdminId).OnDelete(DeleteBehavior.Cascade);
            session.HasOne<User>().WithMany().HasForeignKey(s => s.CustomerId).OnDelete(DeleteBehavior.Cascade);
        });
    }
}
