using System.Globalization;
using System.Text;
using BudgetEngine.Api.Checks;
using BudgetEngine.Api.Denials;
using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Events;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Metrics;
using BudgetEngine.Api.Operations;
using BudgetEngine.Domain.Amounts;
using BudgetEngine.Domain.Wording;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Api.Gateway;

/// <summary>The check in the gateway dialect, the same for HTTP and for Envoy's gRPC: profiles of keys, trusted headers, the rule for outages, what an end client may learn.</summary>
internal sealed class GatewayChecks(
    CheckService checks, DecisionSamples samples, DenialLog denials, CheckMetrics metrics, TimeProvider clock, IOptions<CheckOptions> options, IOptions<InstallationOptions> installation,
    Resolution resolution)
{
    private readonly TimeSpan _answerWithin = options.Value.Deadline;
    private readonly string _currency = installation.Value.Currency;

    /// <summary>Now, for <see cref="GatewayQuestion.StartedAt"/>.</summary>
    public long Start() => metrics.Start();

    public async Task<GatewayAnswer> AskAsync(GatewayQuestion question)
    {
        var (caller, requestId, problem) = (question.Caller, question.RequestId, question.Problem);
        if (problem is { Code: not ApiCode.MissingScope })
        {
            return Denied(new GatewayDenial(problem.Code, GatewayProfile.Default, resolution, requestId) { IsKeyless = true, Now = clock.GetUtcNow() }, requestId);
        }

        var faults = new FaultList();
        string? session = null;
        var within = question.Within is { } asked && asked < _answerWithin ? asked : _answerWithin;
        var command = problem is null ? new GatewayInput(question.Inputs, caller, resolution, faults).Read(within, out session) : null;
        problem ??= question.Fault ?? faults.ToProblem() ?? checks.Admit(caller, ref command!);
        if (problem is not null) return Denied(new GatewayDenial(problem.Code, caller.Gateway, resolution, requestId) { Fault = problem, Now = clock.GetUtcNow() }, requestId);
        command = command! with { Label = requestId };
        if (question.Amount is { } amount) command = command with { Amount = amount, Unestimated = false };
        if (question.Peeks) command = command with { DryRun = true, Unestimated = true };
        var decision = await checks.CheckAsync(command, CancellationToken.None);
        try
        {
            metrics.Answered(question.Protocol, decision, command.DryRun, question.StartedAt);
            samples.Offer(command, decision);
            denials.Offer(command, decision);
            var denial = decision.Allowed ? null
                : new GatewayDenial(decision.Reason!, caller.Gateway, resolution, requestId) { Decision = decision, CostCenter = command.CostCenter.Path, Now = clock.GetUtcNow() };
            return new GatewayAnswer(command, decision, session, requestId, denial);
        }
        catch
        {
            await checks.TakeBackAsync(command.CostCenter, decision);
            throw;
        }
    }

    /// <summary>Gives back what was held for an answer that nobody will use, also where passing it on failed. What cannot be given back lapses.</summary>
    public Task TakeBackAsync(GatewayAnswer answer) =>
        answer is { Command: { } command, Decision: { } decision } ? checks.TakeBackAsync(command.CostCenter, decision) : Task.CompletedTask;

    /// <summary>The headers of an allowed answer.</summary>
    public void WriteAllowed(IHeaderDictionary headers, GatewayAnswer answer)
    {
        var decision = answer.Decision!;
        headers["X-Budget-Decision"] = Words.Allow;
        if (decision.ReservationId is { } id) headers["X-Budget-Reservation"] = id;
        if (decision.Tightest is { Hidden: false } tightest)
        {
            headers["X-Budget-Remaining"] = resolution.ToText(tightest.Remaining);
            if (tightest.Utilization is { } utilization) headers["X-Budget-Utilization"] = utilization.ToString("0.####", CultureInfo.InvariantCulture);
        }

        headers["X-Budget-Currency"] = _currency;
        headers["X-Cost-Center"] = answer.Command!.CostCenter.Path;
        if (answer.Session is { } session && Ascii.IsValid(session)) headers["X-Session-ID"] = session;
        headers[RequestIds.Header] = answer.RequestId;
    }

    private static GatewayAnswer Denied(GatewayDenial denial, string requestId) => new(null, null, null, requestId, denial);
}
