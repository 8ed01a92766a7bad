using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.DataProtection.KeyManagement;
using Microsoft.AspNetCore.Identity;
using WebHoster.Core.Accounts;
using WebHoster.Infrastructure.Accounts;
using WebHoster.Infrastructure.Data;
using WebHoster.Infrastructure.Mail;
using WebHoster.Infrastructure.Settings;

namespace WebHoster.Web.Account;

/// <summary>Identity: cookies for pages, bearer tokens for the API and the hub.</summary>
public static class AccountRegistration
{
    /// <summary>The policy of everything under <c>/api</c>: a token, never a cookie.</summary>
    public const string BearerOnly = "bearer";

    /// <summary>The policy of the hub and of streams: a token or a cookie.</summary>
    public const string BearerOrCookie = "bearer-or-cookie";

    /// <summary>Forwards by the token's look: an API token's prefix, or else a sign-in's JWT.</summary>
    private const string TokenScheme = "Token";

    /// <summary>Browsers send a host's cookies to every port; the sites nginx keeps these, by their prefix, from guests.</summary>
    private const string CookiePrefix = ".WebHoster.";

    /// <summary>OWASP's figure for PBKDF2 with HMAC-SHA512.</summary>
    private const int HashIterations = 210_000;

    /// <summary>Of a program that the tests started, which may hash quickly: they try passwords by the ten thousand.</summary>
    private const string TestEnvironment = "Testing";

    public static IServiceCollection AddAccounts(this IServiceCollection services, IConfiguration configuration)
    {
        services.Configure<KeyManagementOptions>(options => options.AutoGenerateKeys = true);
        services.AddIdentityCore<User>(options =>
            {
                options.User.RequireUniqueEmail = true;
                options.User.AllowedUserNameCharacters = "abcdefghijklmnopqrstuvwxyz0123456789-";
                // PasswordRules decides; these only must not be stricter.
                options.Password = new PasswordOptions
                {
                    RequiredLength = PasswordRules.MinLength,
                    RequireDigit = false,
                    RequireLowercase = false,
                    RequireUppercase = false,
                    RequireNonAlphanumeric = false,
                };
            })
            .AddRoles<IdentityRole<Guid>>().AddEntityFrameworkStores<WebHosterDb>().AddSignInManager().AddDefaultTokenProviders();
        services.Configure<PasswordHasherOptions>(o => o.IterationCount = configuration[HostDefaults.EnvironmentKey] == TestEnvironment
            ? configuration.GetValue("Testing:HashIterations", HashIterations) : HashIterations);

        services.AddAuthentication(IdentityConstants.ApplicationScheme)
            .AddPolicyScheme(TokenScheme, null, options => options.ForwardDefaultSelector = context =>
                BearerText.IsApiToken(context.Request) ? ApiTokenHandler.SchemeName : JwtBearerDefaults.AuthenticationScheme)
            .AddScheme<AuthenticationSchemeOptions, ApiTokenHandler>(ApiTokenHandler.SchemeName, null)
            .AddJwtBearer().AddIdentityCookies();
        // The second step of a sign-in, and a passkey's challenge, are kept for as long as that takes.
        services.Configure<CookieAuthenticationOptions>(IdentityConstants.TwoFactorUserIdScheme, options =>
        {
            options.Cookie.Name = CookiePrefix + "SecondStep";
            options.Cookie.SameSite = SameSiteMode.Strict;
            options.ExpireTimeSpan = SecondStep.Life;
        });
        services.ConfigureOptions<BearerSetup>();
        services.ConfigureApplicationCookie(ConfigureCookie);
        services.AddAuthorizationBuilder()
            .AddPolicy(BearerOnly, p => p.AddAuthenticationSchemes(TokenScheme).RequireAuthenticatedUser().AddRequirements(new AccessRequirement()))
            .AddPolicy(BearerOrCookie, p => p.AddAuthenticationSchemes(TokenScheme, IdentityConstants.ApplicationScheme)
                .RequireAuthenticatedUser().AddRequirements(new AccessRequirement()));
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, ExplainedRefusal>();

        services.AddCascadingAuthenticationState();
        services.AddScoped<AuthenticationStateProvider, CircuitIdentity>();
        services.AddScoped<CircuitGuard>().AddScoped<CircuitHandler>(p => p.GetRequiredService<CircuitGuard>());
        services.AddSingleton<SigningKeys>().AddSingleton<DummyPassword>().AddSingleton<SignInLimits>();
        services.AddSingleton<Callers>().AddSingleton<ApiTokens>();
        services.AddSingleton<TokenUse>().AddHostedService(p => p.GetRequiredService<TokenUse>());
        services.AddSingleton<IPasswordHasher<User>, PasswordHasher<User>>();
        services.AddScoped<Accounts>().AddScoped<AccessTokens>().AddScoped<PageSignIn>().AddScoped<SecondStep>();
        services.AddScoped<AccountChanges>().AddScoped<AccountLinks>().AddScoped<Passkeys>();
        services.AddSingleton<SecondFactor>().AddSingleton<LinkTokens>();
        services.AddSingleton<Post>().AddHostedService(p => p.GetRequiredService<Post>());
        services.Configure<IdentityPasskeyOptions>(Passkeys.Configure);
        services.AddAntiforgery(o => (o.Cookie.Name, o.Cookie.SecurePolicy) = (CookiePrefix + "Antiforgery", CookieSecurePolicy.SameAsRequest));
        return services;
    }

    private static void ConfigureCookie(CookieAuthenticationOptions options)
    {
        options.Cookie.Name = CookiePrefix + "Session";
        options.Cookie.HttpOnly = true;
        options.Cookie.SameSite = SameSiteMode.Lax;
        options.ExpireTimeSpan = Session.Life;
        options.SlidingExpiration = true;
        options.LoginPath = "/login";
        options.Events.OnValidatePrincipal = SessionCookie.ValidateAsync;
        options.ReturnUrlParameter = "returnUrl";
        options.Events.OnRedirectToLogin = context =>
        {
            // Only pages redirect: a script gets its status code.
            if (Start.Api.Answers(context.Request.Path) || context.Request.Path.StartsWithSegments("/hubs"))
                context.Response.StatusCode = StatusCodes.Status401Unauthorized;
            else
                context.Response.Redirect(context.RedirectUri);
            return Task.CompletedTask;
        };
        // Signing in again would not help: that page sends a person who is signed in right back.
        options.Events.OnRedirectToAccessDenied = context =>
        {
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            return Task.CompletedTask;
        };
    }
}
