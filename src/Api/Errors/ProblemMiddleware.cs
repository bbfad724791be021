using BudgetEngine.Api.Http;
using BudgetEngine.Ledger;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;

namespace BudgetEngine.Api.Errors;

/// <summary>The boundary: refuses unsound paths, turns exceptions and bare statuses into problems, and logs what is a bug or a broken dependency once.</summary>
internal sealed partial class ProblemMiddleware(RequestDelegate next, RefusedBodies refused, ILogger<ProblemMiddleware> logger)
{
    public async Task InvokeAsync(HttpContext context)
    {
        try
        {
            var isAuthorize = RawTarget.IsAuthorize(context);
            // What follows is the end client's path; its dot segments must not lead elsewhere.
            if (isAuthorize) context.Request.Path = RawTarget.AuthorizePath;
            if (!isAuthorize && PathFault(context) is { } fault) await fault.WriteAsync(context);
            else await next(context);
            if (context.Response is { StatusCode: >= 400, HasStarted: false, ContentType: null } response)
            {
                var code = ApiCode.OfStatus(response.StatusCode);
                await new Problem(code, DetailOf(code, context)).WriteAsync(context);
            }
        }
        catch (Exception exception)
        {
            await AnswerAsync(context, exception);
        }

        if (context.Response.StatusCode >= 400) await refused.EndAsync(context);
    }

    private static Problem? PathFault(HttpContext context)
    {
        var path = RawTarget.PathOf(context);
        // Orleans' dashboard, where the host serves it, is a folder to its browser.
        if (path.SequenceEqual("/orleans/")) return null;
        if (RawTarget.FaultOf(path) is not { } fault) return null;
        var names = path.StartsWith("/v1/budgets") || path.StartsWith("/v1/cost-centers");
        return new Problem(names ? ApiCode.InvalidCostCenter : ApiCode.InvalidRequest, $"The path {fault}.", names ? [new("cost_center", fault)] : [new("path", fault)]);
    }

    private static string DetailOf(string code, HttpContext context) => code switch
    {
        ApiCode.NotFound => "There is nothing at this path.",
        ApiCode.MethodNotAllowed => $"{context.Request.Method} is not allowed here; see the Allow header.",
        _ => ApiCode.TitleOf(code) + ".",
    };

    private Task AnswerAsync(HttpContext context, Exception exception)
    {
        if (context.RequestAborted.IsCancellationRequested)
        {
            CallerGone(logger, context.Request.Path);
            return Task.CompletedTask;
        }

        if (context.Response.HasStarted)
        {
            // A streamed answer must not look whole when it is not.
            BrokenOff(logger, exception, context.Request.Path);
            context.Features.Get<IHttpRequestLifetimeFeature>()?.Abort();
            return Task.CompletedTask;
        }

        context.Response.Clear();
        return ProblemOf(exception, context).WriteAsync(context);
    }

    private Problem ProblemOf(Exception exception, HttpContext context)
    {
        switch (exception)
        {
            case BadHttpRequestException bad:
                return new Problem(ApiCode.OfStatus(bad.StatusCode), bad.Message);
            case LedgerUnavailableException or LedgerContentionException:
                LedgerGone(logger, exception, context.Request.Path);
                return new Problem(ApiCode.LedgerUnavailable, "The ledger cannot be reached now; the outcome is unknown. Repeat the request under the same ids.");
            case LedgerReportTooLongException tooLong:
                return new Problem(ApiCode.TooMuchToRead, tooLong.Message + " Ask for less: a shorter time, a cost center further down.");
            case CostCenterMovedException moved:
                return new Problem(ApiCode.CostCenterMoved, moved.Message);
            case MoveUnderWayException waits:
                return new Problem(ApiCode.MoveUnderWay, waits.Message);
            case LedgerDataException:
                return new Problem(ApiCode.NotStorable, "The ledger refuses this data.");
            default:
                Unhandled(logger, exception, context.Request.Method, context.Request.Path, RequestIds.Of(context));
                return new Problem(ApiCode.InternalError, "Something went wrong on our side; it is logged under this request_id.");
        }
    }

    [LoggerMessage(EventId = 3001, Level = LogLevel.Error, Message = "{Method} {Path} failed (request {RequestId})")]
    private static partial void Unhandled(ILogger logger, Exception exception, string method, PathString path, string requestId);

    [LoggerMessage(EventId = 3002, Level = LogLevel.Warning, Message = "{Path}: the ledger is out of reach")]
    private static partial void LedgerGone(ILogger logger, Exception exception, PathString path);

    [LoggerMessage(EventId = 3003, Level = LogLevel.Error, Message = "The answer of {Path} broke off")]
    private static partial void BrokenOff(ILogger logger, Exception exception, PathString path);

    [LoggerMessage(EventId = 3004, Level = LogLevel.Debug, Message = "{Path}: the caller has gone")]
    private static partial void CallerGone(ILogger logger, PathString path);
}
