using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Client.AspNetCore;

/// <summary>Makes a request's cost center, user and session the <see cref="BudgetScope"/> of everything that it calls.</summary>
public static class BudgetScopeMiddleware
{
    /// <summary>
    /// By default the user is the name of who is signed in, and nothing is read from headers, which any client may choose. Put it behind authentication.
    /// </summary>
    /// <param name="scopeOf">Who a request is for; null: as said.</param>
    public static IApplicationBuilder UseBudgetScope(this IApplicationBuilder app, Func<HttpContext, BudgetScope>? scopeOf = null) => app.Use(async (context, next) =>
    {
        using var scope = BudgetScope.Begin(scopeOf?.Invoke(context) ?? new BudgetScope(User: context.User.Identity?.Name));
        await next(context);
    });

    /// <summary>The scope that a trusted proxy wrote into <c>X-Cost-Center</c>, <c>X-User-ID</c> and <c>X-Session-ID</c>. Only for an application that nobody else can reach.</summary>
    public static BudgetScope FromHeaders(HttpContext context) =>
        new(One(context, "X-Cost-Center"), One(context, "X-User-ID"), One(context, "X-Session-ID"));

    private static string? One(HttpContext context, string header) =>
        context.Request.Headers[header] is { Count: 1 } values && !string.IsNullOrWhiteSpace(values[0]) ? values[0]!.Trim() : null;
}
