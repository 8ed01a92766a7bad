using WebHoster.Core.Errors;
using WebHoster.Core.Operations;
using WebHoster.Infrastructure.Hostings;
using WebHoster.Web.Account;
using WebHoster.Web.Conditional;
using WebHoster.Web.Errors;

namespace WebHoster.Web.Hostings;

/// <summary>One call about a hosting, whether by its id or because it is the caller's first.</summary>
public sealed record HostingCall(
    HttpContext Context, HostingRequests Requests, HostingQueries Queries, AcceptedAnswers Answers, ILogger<HostingRequests> Logger)
{
    /// <summary>What can be asked for without a body.</summary>
    public static readonly IReadOnlyList<OperationKind> Plain = [OperationKind.Start, OperationKind.Stop, OperationKind.Restart];

    private Guid Owner => Context.User.UserId();

    private CancellationToken Aborted => Context.RequestAborted;

    /// <exception cref="NotFoundException">The caller has no hosting.</exception>
    public async Task<Guid> FirstAsync() => (await LookAtFirstAsync()).Id;

    public async Task<IResult> GetFirstAsync() => Answer(await LookAtFirstAsync());

    public async Task<IResult> GetAsync(Guid id) => Answer(await LookAsync(id));

    public async Task<IResult> CreateAsync(CreateHostingRequest? body) =>
        await AnswerAsync(await Requests.CreateAsync(Owner, body?.SshPublicKey, Context.From(), Aborted));

    public async Task<IResult> AddAsync(AddHostingRequest? body) =>
        await AnswerAsync(await Requests.AddAsync(Owner, body?.Name, body?.SshPublicKey, Context.From(), Aborted));

    public async Task<IResult> RebuildAsync(Guid id, RebuildRequest? body)
    {
        var hosting = await LookAsync(id);
        // A page asks its person first; a script has said what it wants by the call (decision 0034).
        if (body?.Confirm is { } confirm && confirm != hosting.Slug)
            throw new InvalidInputException("confirm", $"A rebuild erases everything inside. This hosting is “{hosting.Slug}”: send that, or no “confirm”.");
        return await ChangeAsync(id, OperationKind.Rebuild);
    }

    public async Task<IResult> ChangeAsync(Guid id, OperationKind kind)
    {
        var before = await Queries.FindAsync(Owner, id, Aborted);
        return await AnswerAsync(await Requests.ChangeAsync(Owner, id, kind, Context.From(), Aborted), null, before);
    }

    private Task<IResult> AnswerAsync(AcceptedCreate accepted) => AnswerAsync(accepted.Operation, accepted.PrivateKey, null);

    private Task<IResult> AnswerAsync(Operation operation, string? privateKey, HostingView? before)
    {
        Logger.LogInformation("Accepted {Kind} of {Slug} as {OperationId} on {HostingId}", operation.Kind, operation.Slug, operation.Id, operation.HostingId);
        return Answers.ResultAsync(Context, operation, privateKey, before);
    }

    private IResult Answer(HostingView view) => TaggedAnswer.Of(Envelope.Of(HostingResource.Of(view))).Result(Context);

    private async Task<HostingView> LookAtFirstAsync() =>
        await Queries.FindMineAsync(Owner, Aborted) ?? throw new NotFoundException("You have no hosting.");

    private async Task<HostingView> LookAsync(Guid id) =>
        await Queries.FindAsync(Owner, id, Aborted) ?? throw new NotFoundException("There is no such hosting.");
}
