using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Dashboard.Sessions;

/// <summary>The one request that the browser's script makes of the API, the stream of live events, counts with the session's key. It only reads.</summary>
internal sealed class EventSession(RequestDelegate next)
{
    public Task InvokeAsync(HttpContext context)
    {
        var request = context.Request;
        if (HttpMethods.IsGet(request.Method) && request.Path == "/v1/events" && request.Headers["Sec-Fetch-Site"].ToString() is "" or "same-origin")
        {
            SessionCookie.Use(context);
        }

        return next(context);
    }
}
