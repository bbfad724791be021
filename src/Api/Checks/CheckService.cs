using System.Diagnostics.CodeAnalysis;
using BudgetEngine.Api.CostCenters;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Domain.Tracing;
using BudgetEngine.Domain.Wording;
using BudgetEngine.Grains.Interfaces.Budgets;
using BudgetEngine.Grains.Interfaces.CostCenters;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Writer;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Checks;

/// <summary>The pre-flight check and the life of reservations, as plain calls. The endpoints translate HTTP to it.</summary>
public sealed class CheckService(CostCenterCalls calls, Catalog catalog, Tenants tenants, DegradedAllowances degraded, Resolution resolution, TimeProvider clock, IdSource ids, IOptions<CheckOptions> options,
    NearestNames? nearest = null)
{
    /// <summary>One tenth of the deadline is reserved for the reply.</summary>
    private const int GrainShare = 10;

    public Task<CheckAnswer> CheckAsync(CheckCommand command, CancellationToken cancellationToken) => EngineTrace.Current is null ? DecideAsync(command) : TraceAsync(command);

    private async Task<CheckAnswer> TraceAsync(CheckCommand command)
    {
        using var span = EngineTrace.Begin("budget.check")?.SetTag(EngineTrace.CostCenter, command.CostCenter.Path);
        var answer = await DecideAsync(command);
        span?.SetTag("budget.allowed", answer.Allowed).SetTag("budget.reason", answer.Reason);
        return answer;
    }

    private async Task<CheckAnswer> DecideAsync(CheckCommand command)
    {
        var path = command.CostCenter.Path;
        if (tenants.Find(path) is not { } tenant) return await NewAsync(CheckAnswers.Denied(DenialReason.UnknownCostCenter, resolution), command);
        var snapshot = catalog.Current;
        var policy = snapshot.Policies.PolicyOf(path);
        var now = clock.GetUtcNow();
        var bounds = BoundsOf(command, snapshot.Policies);
        if (RefusalBy(bounds, command) is { } reason) return CheckAnswers.Denied(reason, resolution, OutputTold(reason, bounds, command));
        var estimate = Estimate.Of(command, resolution, snapshot.Prices, policy, now, bounds.MaxOutput);
        if (!estimate.Priced)
        {
            return CheckAnswers.Denied(DenialReason.UnknownModel, resolution) with
            {
                NearestModels = command.Model is { } model ? snapshot.Prices.NearestTo(model, now) : null, UnpricedBecause = snapshot.Prices.WhyUntaken(null, command.Model),
            };
        }

        // Without a request id no check repeats another: there is nothing to hash, and any key that is nobody else's will do.
        var key = command.RequestId is { } requestId ? ReservationId.KeyOf(path, requestId) : ids.Next();
        var request = ToRequest(command, estimate, policy, key, command.RequestId is null ? key : ids.Next());
        var reply = await AskAsync(path, request, command.AnswerWithin, tenant);
        var answers = new CheckAnswers(tenant.Calendar, resolution, command.VisibleDepth);
        var unpricedBecause = estimate.AtDefaultPrice ? snapshot.Prices.WhyUntaken(null, command.Model) : null;
        var holds = reply.Attempt != 0 && !command.DryRun;
        try
        {
            var answer = answers.Of(reply, estimate, command, holds ? IdOf(path, request, reply) : null, holds ? request : null, unpricedBecause);
            if (reply.New) answer = await NewAsync(answer, command);
            // The call must not produce more than was estimated.
            return estimate.LoweredTo is { } most && answer.Allowed && bounds.Depth >= command.VisibleDepth
                ? answer with { AffordableOutputTokens = Math.Min(answer.AffordableOutputTokens ?? most, most) }
                : answer;
        }
        catch when (holds)
        {
            await TakeBackAsync(path, request, reply);
            throw;
        }
    }

    /// <summary>
    /// Ends the hold of an answer that its caller will not hear of, since passing it on failed: he would not release it either. Another call that was answered with the same
    /// reservation keeps it.
    /// </summary>
    public Task TakeBackAsync(CostCenterId costCenter, CheckAnswer answer) =>
        answer.Held is { } held ? TakeBackAsync(costCenter.Path, held.Request, held.Reply) : Task.CompletedTask;

    /// <summary>The cost center that a check of this name asks: of one that was moved the new one.</summary>
    public CostCenterId NameNow(CostCenterId costCenter)
    {
        var aliases = catalog.Current.Policies.Aliases;
        return aliases.IsEmpty ? costCenter : CostCenterId.Trusted(aliases.AskedAt(costCenter.Path, clock.GetUtcNow()));
    }

    /// <summary>
    /// Of a cost center that was moved the check goes to the new name. Who reaches it by an old name alone is told no figures of what is above the new one. A refusal names what the caller has
    /// sent, and nothing else.
    /// </summary>
    internal Problem? Admit(ApiKey caller, ref CheckCommand command)
    {
        var now = NameNow(command.CostCenter);
        if (!caller.Subtree.Contains(now.Path))
        {
            if (!caller.Subtree.Reaches(now.Path, catalog.Current.Policies.Aliases)) return Problem.Outside(command.CostCenter.Path);
            command = command with { VisibleDepth = now.Depth };
        }

        if (now != command.CostCenter) command = command with { CostCenter = now };
        return null;
    }

    /// <summary>True for an id that this installation has given out, of a cost center that the subtree reaches. What any other says must not be believed.</summary>
    public bool TryRead(string? text, Subtree subtree, [NotNullWhen(true)] out ReservationId? id)
    {
        var snapshot = catalog.Current;
        if (!snapshot.SigningKeys.TryRead(text, clock.GetUtcNow(), out id)) return false;
        var aliases = snapshot.Policies.Aliases;
        if (!aliases.IsEmpty) id = id with { Owner = aliases.BookedAt(id.Owner) };
        return subtree.Reaches(id.Owner, aliases);
    }

    /// <summary>The text of an id, signed.</summary>
    public string TextOf(ReservationId id) => catalog.Current.SigningKeys.Write(id, clock.GetUtcNow());

    /// <param name="ttl">Null: unchanged.</param>
    /// <param name="amount">The new total; null: unchanged.</param>
    public async Task<ExtendAnswer> ExtendAsync(ReservationId id, TimeSpan? ttl, Money? amount, Subtree subtree, CancellationToken cancellationToken)
    {
        var visibleDepth = subtree.Contains(id.Owner) ? subtree.Depth : CostCenterId.DepthOf(id.Owner);
        var request = new ExtendRequest(id.Key, id.Attempt.Value, ttl, amount?.Nanos, visibleDepth, options.Value.ApiDeadline, id.User, id.Date);
        var reply = await RepeatOnceAsync(id.Owner, request, static (grain, r) => grain.Extend(r));
        if (reply.Reason == DenialReason.ReservationEnded) return new ExtendAnswer(ExtendStatus.Ended, null);
        if (reply.Reason == DenialReason.AmountTooSmall) return new ExtendAnswer(ExtendStatus.AmountTooSmall, null);
        var calendar = (catalog.Current.Policies.TenantOf(id.Owner) ?? TenantSettings.New(CostCenterId.TenantOf(id.Owner))).Calendar;
        var granted = new Money(reply.Granted);
        var answer = new CheckAnswers(calendar, resolution, visibleDepth).Of(reply, Estimate.Given(amount ?? granted), null, TextOf(id));
        return new ExtendAnswer(ExtendStatus.Answered, answer);
    }

    /// <param name="heldOnly">The caller's key has ended: of what is not held any more nothing changes.</param>
    public async Task<ReleaseAnswer> ReleaseAsync(ReservationId id, CancellationToken cancellationToken, bool heldOnly = false)
    {
        var reply = await RepeatOnceAsync(id.Owner, new ReleaseRequest(id.Key, id.Attempt.Value, User: id.User, Date: id.Date, HeldOnly: heldOnly), static (grain, r) => grain.Release(r));
        var status = reply.AlreadySettled ? ReleaseStatus.AlreadySettled : reply.Unavailable ? ReleaseStatus.Unavailable : ReleaseStatus.Released;
        return new ReleaseAnswer(status, reply.State, reply.Ended);
    }

    /// <summary>Null: forgotten.</summary>
    public async Task<ReservationView?> FindAsync(ReservationId id, CancellationToken cancellationToken)
    {
        var r = await RepeatOnceAsync(id.Owner, new FindRequest(id.Key, id.Attempt.Value, id.User, id.Date), static (grain, request) => grain.Find(request));
        return r.State == ReservationState.Forgotten ? null : new ReservationView(
            TextOf(id), r.State, r.Owner, r.User, r.Model, r.RequestId, new Money(r.Granted), new Money(r.Left), new Money(r.Settled), r.CreatedAt, r.ExpiresAt);
    }

    /// <summary>What a check of a new cost center is told besides. Where too many new names come nothing is looked for.</summary>
    private async Task<CheckAnswer> NewAsync(CheckAnswer answer, CheckCommand command)
    {
        var path = command.CostCenter.Path;
        var subtree = new Subtree(command.VisibleDepth == 0 ? null : CostCenterId.AtDepth(path, command.VisibleDepth));
        var near = nearest is null || Words.DenialReasons.Parse(answer.Reason ?? "") == DenialReason.RateLimited ? null : await nearest.FindAsync(path, subtree);
        return CheckAnswers.New(answer, near, resolution);
    }

    /// <summary>A look that names no model asks about money alone.</summary>
    private static ModelBounds BoundsOf(CheckCommand command, PolicyBook policies) =>
        command is { DryRun: true, Unestimated: true, Model: null } ? ModelBounds.None : policies.BoundsOf(command.CostCenter.Path, command.Model);

    /// <summary>More output than is allowed is announced: refused, unless the caller takes less and may know how much.</summary>
    private static DenialReason? RefusalBy(in ModelBounds bounds, CheckCommand command)
    {
        if (!bounds.Allowed) return DenialReason.ModelNotAllowed;
        if (!(command.MaxOutputTokens > bounds.MaxOutput)) return null;
        return command is { MinAmount: not null, Amount: null } && bounds.Depth >= command.VisibleDepth ? null : DenialReason.TooManyOutputTokens;
    }

    private static long? OutputTold(DenialReason reason, in ModelBounds bounds, CheckCommand command) =>
        reason == DenialReason.TooManyOutputTokens && bounds.Depth >= command.VisibleDepth ? bounds.MaxOutput : null;

    private static ReserveRequest ToRequest(CheckCommand command, in Estimate estimate, in EffectivePolicy policy, Guid key, Guid call) => new(
        key, command.RequestId ?? command.Label, command.RequestId is null ? Guid.Empty : HashOf(command), command.User, command.Model,
        estimate.Amount.Nanos, command.MinAmount?.Nanos, estimate.Free, command.Unestimated, command.Ttl, command.DryRun, command.Explain, command.VisibleDepth,
        policy.OnOutage == OutageRule.Allow, policy.OnOutageLimit?.Nanos, policy.OutageNode, command.AnswerWithin - command.AnswerWithin / GrainShare, call,
        (int)Math.Min(estimate.TokensOf(command), int.MaxValue));

    private string IdOf(string path, ReserveRequest request, ReserveReply reply) =>
        TextOf(new ReservationId(path, request.User, reply.Date, new Stamp(reply.Attempt), request.Key));

    private static Guid HashOf(CheckCommand command)
    {
        var hasher = new ContentHasher(stackalloc byte[512]);
        hasher.Add(command.CostCenter.Path);
        hasher.Add(command.User);
        hasher.Add(command.Model);
        hasher.Add(command.Amount);
        hasher.Add(command.InputTokens);
        hasher.Add(command.InputCharacters);
        hasher.Add(command.MaxOutputTokens);
        if (command.Parts is not { } parts) return hasher.Finish();
        hasher.Add(parts.CachedInput);
        hasher.Add(parts.CacheWrite);
        hasher.Add(parts.Reasoning);
        hasher.Add(parts.Details?.ToJson());
        return hasher.Finish();
    }

    /// <summary>Asks the owner, within the time. Who gets no answer in time is answered by the rule for outages, and what is granted too late is given back.</summary>
    private async ValueTask<ReserveReply> AskAsync(string path, ReserveRequest request, TimeSpan within, TenantSettings tenant)
    {
        var startedAt = clock.GetTimestamp();
        var repeated = false;
        while (true)
        {
            var asked = calls.CallAsync(path, request, static (grain, r) => grain.Reserve(r));
            try
            {
                return asked.IsCompletedSuccessfully ? await asked : await asked.WaitAsync(LeftOf(within, startedAt), clock);
            }
            catch (TimeoutException)
            {
                if (!request.DryRun) _ = ReleaseLateAsync(asked, request, path);
                return Unanswered(request, tenant);
            }
            catch (OrleansException) when (!repeated)
            {
                // The message was lost or the silo is going: the same request with the same key is safe to repeat, in the time that is left.
                repeated = true;
                request = request with { AnswerWithin = LeftOf(request.AnswerWithin, startedAt) };
            }
            catch (Exception fault)
            {
                // The node could not come into memory: it denies, whatever its policy, since that cannot be read. Or it is a bug, which must not be taken for that.
                calls.Faults.Note(fault, "a check");
                return Unreadable();
            }
        }
    }

    private TimeSpan LeftOf(TimeSpan within, long startedAt) => within - clock.GetElapsedTime(startedAt) is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    private ReserveReply Unanswered(ReserveRequest request, TenantSettings tenant)
    {
        var now = clock.GetUtcNow();
        var date = tenant.Calendar.DateOf(now);
        var limit = request.OutageLimit is { } most ? new Money(most) : (Money?)null;
        // An owner that does not answer may have a hard limit.
        var allowed = degraded.Allows(Outage.Hard, request.OutageAllow, request.OutageNode ?? "", date, new Money(request.Amount), limit, request.DryRun);
        return Unreadable() with { Reason = allowed ? DenialReason.None : DenialReason.LedgerUnavailable, Degraded = allowed, Granted = allowed ? request.Amount : 0, DecidedAt = now };
    }

    private ReserveReply Unreadable() =>
        new(DenialReason.LedgerUnavailable, 0, 0, default, default, false, false, null, null, null, null, [], clock.GetUtcNow());

    private async Task ReleaseLateAsync(Task<ReserveReply> asked, ReserveRequest request, string path)
    {
        try
        {
            var late = await asked;
            if (late.Attempt != 0) await TakeBackAsync(path, request, late);
        }
        catch (Exception fault)
        {
            // Nothing was granted, or it lapses at its deadline; the caller has had its answer.
            calls.Faults.Note(fault, "a late release");
        }
    }

    private async Task TakeBackAsync(string path, ReserveRequest request, ReserveReply reply)
    {
        try
        {
            await calls.CallAsync(path, new ReleaseRequest(request.Key, reply.Attempt, request.Call, request.User, reply.Date), static (grain, r) => grain.Release(r));
        }
        catch (Exception fault)
        {
            // It lapses at its deadline; what the caller is answered is another fault's matter.
            calls.Faults.Note(fault, "taking a hold back");
        }
    }

    private async Task<TReply> RepeatOnceAsync<TRequest, TReply>(string path, TRequest request, Func<ICostCenterGrain, TRequest, Task<TReply>> call)
    {
        try
        {
            return await calls.CallAsync(path, request, call);
        }
        catch (Exception first) when (first is OrleansException or TimeoutException)
        {
            // Extend, release and find are safe to repeat.
        }

        try
        {
            return await calls.CallAsync(path, request, call);
        }
        catch (Exception second) when (second is OrleansException or TimeoutException)
        {
            throw new LedgerUnavailableException("The cost center does not answer.", second);
        }
    }
}
