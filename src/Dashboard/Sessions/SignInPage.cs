using BudgetEngine.Api.Errors;
using BudgetEngine.Api.Keys;
using BudgetEngine.Api.Operations;
using BudgetEngine.Dashboard.Rendering;
using BudgetEngine.Dashboard.Slices;
using BudgetEngine.Domain.CostCenters;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Dashboard.Sessions;

/// <summary>Answers whoever may not see a page yet: the same whatever they asked for, so that nothing is learned from it.</summary>
internal sealed class SignInPage(KeyRing ring, Readiness readiness)
{
    private const string WrongKey = "This key is unknown, revoked or expired. Ask whoever gave it to you for a new one.";
    private const string CannotRead = "This key may not read. The dashboard needs a key with the scope read or admin.";

    public Task SendAsync(HttpContext context, string? fault, string next)
    {
        // In open mode the request is refused for where it comes from, and one click on a page of our own mends that.
        var onward = ring.IsOpen && !SessionCookie.IsSet(context) && fault is null ? next : null;
        var model = new SignInModel(
            ShellMaker.ThemeOf(context), FormToken.Of(context), fault, next, onward, Readiness.States.Of(readiness.State), ShellMaker.Version);
        return PageAnswer.SendAsync(context, SignIn.Create(model), fault is null ? StatusCodes.Status200OK : StatusCodes.Status401Unauthorized);
    }

    /// <summary>The same page, for a request for something else.</summary>
    public Task InsteadAsync(HttpContext context, Problem refused)
    {
        // A session that has ended is no fault of the person: the field is simply there.
        var fault = refused.Code == ApiCode.MissingScope ? CannotRead : null;
        return SendAsync(context, fault, NextOf(context.Request));
    }

    public static string FaultOf(Problem refused) => refused.Code == ApiCode.MissingScope ? CannotRead : WrongKey;

    /// <summary>An address of this server; anything else is the overview.</summary>
    public static string Local(string? address) =>
        address is { Length: > 0 and <= 2_048 } && address[0] == '/' && (address.Length == 1 || address[1] is not ('/' or '\\')) && address.All(c => c is > ' ' and < '\x7f') ? address : "/";

    private static string NextOf(HttpRequest request)
    {
        if (!HttpMethods.IsGet(request.Method)) return "/";
        // Links of alerts; as the page itself writes them.
        if (request.Path == "/" && CostCenterId.TryParse(request.Query["cost_center"].ToString(), out var id, out _)) return "/?cost_center=" + Uri.EscapeDataString(id.Path);
        return Local(request.Path.ToUriComponent() + request.QueryString.ToUriComponent());
    }
}
