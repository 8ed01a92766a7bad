using System.ComponentModel.DataAnnotations;
using System.Text.Json;
using WebHoster.Core.Errors;
using WebHoster.Infrastructure.RunTime;
using WebHoster.Web.Account;
using WebHoster.Web.Errors;

namespace WebHoster.Web.Admin;

/// <summary>Body of a change of a setting.</summary>
/// <param name="Value">A number, a text, true or false, or a list: as the setting has it.</param>
public sealed record SettingRequest([property: Required] JsonElement? Value);

/// <summary>A setting, as the API shows it.</summary>
/// <param name="Default">What the configuration says.</param>
/// <param name="ChangedAt">Null where it is the default.</param>
/// <param name="ChangedBy">Null where it is the default, or the person is gone.</param>
public sealed record SettingResource(string Name, JsonElement Value, JsonElement Default, DateTimeOffset? ChangedAt, string? ChangedBy)
{
    public static SettingResource Of(SettingView view) => new(
        view.Setting.Name, JsonSerializer.Deserialize<JsonElement>(view.Value), JsonSerializer.Deserialize<JsonElement>(view.Default), view.ChangedAt, view.ChangedBy);
}

/// <summary><c>/api/v1/admin/settings</c>: what can be changed while WebHoster runs.</summary>
public static class SettingApi
{
    public static void MapSettingApi(this IEndpointRouteBuilder admin)
    {
        var settings = admin.MapGroup("/settings");
        settings.MapGet("", async (RunTimeSettings all, CancellationToken ct) => Results.Json(Envelope.Of((await all.ListAsync(ct)).Select(SettingResource.Of))))
            .WithName("listSettings").WithSummary("Settings that can be changed at run time").Produces<Envelope<IReadOnlyList<SettingResource>>>();
        settings.MapPut("/{name}", ChangeAsync).WithName("changeSetting").WithSummary("Give a setting another value, in every process within seconds")
            .Produces<Envelope<SettingResource>>().ProducesProblem(StatusCodes.Status400BadRequest).ProducesProblem(StatusCodes.Status404NotFound);
        settings.MapDelete("/{name}", ResetAsync).WithName("resetSetting").WithSummary("Let a setting be as the configuration says")
            .Produces<Envelope<SettingResource>>().ProducesProblem(StatusCodes.Status404NotFound);
    }

    private static async Task<IResult> ChangeAsync(string name, SettingRequest request, HttpContext context, RunTimeSettings all, CancellationToken ct)
    {
        RunTimeSetting.Get(name);
        var value = request.Value ?? throw new InvalidInputException("value", "“value” is needed.");
        var view = await all.SetAsync(context.User.UserId(), name, value, context.From(), ct);
        return Results.Json(Envelope.Of(SettingResource.Of(view), "Every process has it within seconds."));
    }

    private static async Task<IResult> ResetAsync(string name, HttpContext context, RunTimeSettings all, CancellationToken ct) =>
        Results.Json(Envelope.Of(
            SettingResource.Of(await all.ResetAsync(context.User.UserId(), name, context.From(), ct)), "It is as the configuration says."));
}
