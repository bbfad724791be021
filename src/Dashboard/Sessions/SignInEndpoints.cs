using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Dashboard.Rendering;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace BudgetEngine.Dashboard.Sessions;

/// <summary><c>/sign-in</c> and <c>/sign-out</c>.</summary>
internal sealed class SignInEndpoints(Gate gate, KeyRing ring, SignInPage page) : IEndpoints
{
    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapGet("/sign-in", AskAsync);
        routes.MapPost("/sign-in", SignInAsync);
        routes.MapPost("/sign-out", SignOutAsync);
    }

    private Task AskAsync(HttpContext context)
    {
        var next = SignInPage.Local(context.Request.Query["next"]);
        if (!ring.IsOpen || !OpenMode.Admits(context)) return page.SendAsync(context, null, next);
        PageAnswer.GoTo(context, next);
        return Task.CompletedTask;
    }

    private async Task SignInAsync(HttpContext context)
    {
        if (await PageForm.ReadAsync(context) is not { } form)
        {
            await page.SendAsync(context, PageForm.NotOurs, "/");
            return;
        }

        var next = SignInPage.Local(form["next"]);
        var key = form["key"].ToString().Trim();
        context.Request.Headers.Remove(Gate.KeyHeader);
        context.Request.Headers.Authorization = default;
        if (key.Length is 0 or > KeyText.MaxLength || key.Any(char.IsControl))
        {
            await page.SendAsync(context, "Enter a key.", next);
            return;
        }

        context.Request.Headers[Gate.KeyHeader] = key;
        if (gate.Enter(context, Scopes.Read, out _) is { } refused)
        {
            await page.SendAsync(context, SignInPage.FaultOf(refused), next);
            return;
        }

        SessionCookie.Set(context, key);
        PageAnswer.GoTo(context, next);
    }

    private static async Task SignOutAsync(HttpContext context)
    {
        if (await PageForm.ReadAsync(context) is not null) SessionCookie.Clear(context);
        PageAnswer.GoTo(context, "/sign-in");
    }
}
