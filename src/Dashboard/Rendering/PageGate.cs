using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Dashboard.Sessions;
using BudgetEngine.Dashboard.Slices;
using BudgetEngine.Ledger;
using Microsoft.AspNetCore.Http;

namespace BudgetEngine.Dashboard.Rendering;

/// <summary>Answers a request for a page whose reader is known.</summary>
internal delegate Task PageHandler(HttpContext context, ApiKey caller);

/// <summary>Answers a form of a writer who is known; the form is one of ours.</summary>
internal delegate Task FormHandler(HttpContext context, ApiKey caller, IFormCollection form);

/// <summary>Lets in whoever the API would let in, and shows everybody else the door.</summary>
internal sealed class PageGate(Gate gate, ReadShares reads, SignInPage door, ShellMaker shells)
{
    public RequestDelegate Guard(PageHandler page) => async context =>
    {
        SessionCookie.Use(context);
        if (gate.Enter(context, Scopes.Read, out var caller) is { } refused)
        {
            await door.InsteadAsync(context, refused);
            return;
        }

        using var turn = await reads.EnterAsync(context, caller);
        if (!turn.IsAcquired)
        {
            await MessageAsync(context, caller, PageMessage.TooMany, StatusCodes.Status429TooManyRequests);
            return;
        }

        try
        {
            await page(context, caller);
        }
        catch (LedgerReportTooLongException) when (!context.Response.HasStarted)
        {
            await MessageAsync(context, caller, PageMessage.TooMuch, StatusCodes.Status422UnprocessableEntity);
        }
        catch (Exception outage) when (outage is LedgerUnavailableException or LedgerContentionException && !context.Response.HasStarted)
        {
            await MessageAsync(context, caller, PageMessage.LedgerAway, StatusCodes.Status503ServiceUnavailable);
        }
    };

    /// <summary>For writes: the key needs <c>admin</c>, and the form must be one of ours.</summary>
    public RequestDelegate GuardForm(FormHandler handler) => Guard(async (context, caller) =>
    {
        if (await PageForm.ReadAsync(context) is not { } form) await MessageAsync(context, caller, PageMessage.ForgedForm, StatusCodes.Status403Forbidden);
        // What the key may do now: while its form was on the way it may have been revoked.
        else if (gate.Enter(context, Scopes.Read, out caller) is { } refused) await door.InsteadAsync(context, refused);
        else if (!caller.Has(Scopes.Admin)) await MessageAsync(context, caller, PageMessage.ReadOnly, StatusCodes.Status403Forbidden);
        else await handler(context, caller, form);
    });

    /// <summary>Whether or not the thing exists.</summary>
    public Task ForbiddenAsync(HttpContext context, ApiKey caller) =>
        MessageAsync(context, caller, PageMessage.Outside(caller.Subtree.CostCenter), StatusCodes.Status403Forbidden);

    public async Task MessageAsync(HttpContext context, ApiKey caller, PageMessage message, int status)
    {
        var shell = await shells.MakeAsync(context, caller, message.Title, "");
        await PageAnswer.SendAsync(context, Message.Create(new MessageModel(shell, message)), status);
    }
}
