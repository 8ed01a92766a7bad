using Microsoft.AspNetCore.Localization;
using Microsoft.AspNetCore.Mvc;
using WebHoster.Web.Account;

namespace WebHoster.Web.Languages;

/// <summary>Which language: as this browser was told by the switch, else as it asks for in Accept-Language, else English.</summary>
public static class LanguageSetup
{
    // The prefix that the sites' nginx keeps from guests.
    private const string CookieName = ".WebHoster.Language";

    private static readonly TimeSpan Remembered = TimeSpan.FromDays(365);

    public static void AddLanguages(this IServiceCollection services)
    {
        services.AddSingleton<Translations>();
        services.AddScoped<Texts>();
        services.Configure<RequestLocalizationOptions>(options =>
        {
            options.DefaultRequestCulture = new RequestCulture(Translations.Supported[0]);
            options.SupportedCultures = options.SupportedUICultures = [.. Translations.Supported];
            options.ApplyCurrentCultureToResponseHeaders = true;
            options.RequestCultureProviders =
            [
                new CookieRequestCultureProvider { CookieName = CookieName },
                new AcceptLanguageHeaderRequestCultureProvider(),
            ];
        });
    }

    /// <summary>Pages and circuits only: the API speaks one language, whoever asks.</summary>
    public static void UseLanguages(this IApplicationBuilder app) =>
        app.UseWhen(context => !context.Request.Path.StartsWithSegments("/api"), pages => pages.UseRequestLocalization());

    /// <summary><c>POST /language</c> of the switch. A page of another origin cannot send it: see BrowserSafety.</summary>
    public static void MapLanguage(this IEndpointRouteBuilder app) =>
        app.MapPost("/language", (HttpContext context, [FromForm] string? to, [FromForm] string? back) =>
        {
            if (Translations.Supported.FirstOrDefault(c => c.Name == to) is { } culture)
            {
                context.Response.Cookies.Append(
                    CookieName, CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(culture)),
                    new CookieOptions { MaxAge = Remembered, HttpOnly = true, SameSite = SameSiteMode.Lax, IsEssential = true, Secure = context.Request.IsHttps });
            }

            return Results.LocalRedirect(LocalUrl.OrDefault(back));
        }).DisableAntiforgery().AllowAnonymous().ExcludeFromDescription();
}
