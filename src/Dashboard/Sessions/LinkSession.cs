using BudgetEngine.Api.Operations;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Dashboard.Sessions;

/// <summary>The few requests that pages make of the API, or link to, count with the session's key: the stream of live events and what can be taken away. They only read.</summary>
internal sealed class LinkSession(RequestDelegate next)
{
    private static readonly string[] _paths = ["/v1/events", "/v1/export/usage", OperatorPaths.Metrics];

    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (HttpMethods.IsGet(request.Method) && (Array.Exists(_paths, p => request.Path == p) || request.Path.StartsWithSegments("/v1/reports")) && request.Headers["Sec-Fetch-Site"].ToString() is ("" or "same-origin")) SessionCookie.Use(context);
        return next(context);
    }
}
