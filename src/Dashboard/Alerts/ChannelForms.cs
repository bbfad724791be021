using BudgetEngine.Alerts.Delivery;
using BudgetEngine.Api.Http;
using BudgetEngine.Api.Keys;
using BudgetEngine.Dashboard.Rendering;
using BudgetEngine.Dashboard.Settings;
using BudgetEngine.Domain.Alerts;
using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger;
using BudgetEngine.Ledger.Alerts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Dashboard.Alerts;

/// <summary>Forms about channels: the same writes as the API's, within the key's subtree.</summary>
internal sealed class ChannelForms(PageGate gate, AlertsPage page, ChannelDialogs dialogs, RecentSettings<Channel> recent, ILedgerChannels ledger, IOptions<AlertChannelOptions> options, TimeProvider clock) : IEndpoints
{
    private readonly SubtreeShares _shares = options.Value.ToShares();

    public void Map(IEndpointRouteBuilder routes)
    {
        routes.MapPost("/edit/channel", gate.GuardForm(SaveAsync));
        routes.MapPost("/edit/channel/remove", gate.GuardForm(RemoveAsync));
        routes.MapPost("/edit/channel/undo", gate.GuardForm(UndoAsync));
    }

    private async Task SaveAsync(HttpContext context, ApiKey caller, IFormCollection sent)
    {
        var form = SettingForm.Of(sent);
        var stored = await dialogs.FindAsync(form[ChannelDialogs.Name], caller);
        if (stored is not null && form[ChannelDialogs.IsNew].Length > 0) form.Fault(ChannelDialogs.Name, "there is a channel of this name already");
        var channel = dialogs.Apply(form, stored, caller);
        var admin = form.Admin(caller, clock);
        if (form.IsSound)
        {
            var written = await ledger.PutChannelAsync(channel, new ShareClaim(caller.Subtree.CostCenter, _shares), admin, CancellationToken.None);
            if (written is ChannelWrite.Created or ChannelWrite.Replaced)
            {
                recent.Keep(channel.Name, stored, channel);
                SettingForm.Done(context, "/alerts", Toasts.Channel, channel.Name);
                return;
            }

            form.Fault(ChannelDialogs.Name, written == ChannelWrite.Taken ? "is taken: use another" : $"there are too many channels: delete one first. {_shares.Describe(caller.Subtree.CostCenter)}");
        }

        await page.SendAsync(context, caller, ChannelDialogs.Edit, form, sent: true);
    }

    private async Task RemoveAsync(HttpContext context, ApiKey caller, IFormCollection sent)
    {
        var form = SettingForm.Of(sent);
        var stored = await dialogs.FindAsync(form[ChannelDialogs.Name], caller);
        var admin = form.Admin(caller, clock);
        if (form.IsSound && stored is not null && await ledger.DeleteChannelAsync(stored.Name, caller.Subtree.CostCenter, admin, CancellationToken.None))
        {
            recent.Keep(stored.Name, stored, null);
            SettingForm.Done(context, "/alerts", Toasts.ChannelRemoved, stored.Name);
            return;
        }

        await page.SendAsync(context, caller, ChannelDialogs.Remove, form, sent: true);
    }

    /// <summary>Only as long as the channel is as the change left it. What waited for a deleted one stays dropped.</summary>
    private async Task UndoAsync(HttpContext context, ApiKey caller, IFormCollection sent)
    {
        var name = context.Request.Query[ChannelDialogs.Name].ToString();
        var current = await ledger.ReadChannelAsync(name, CancellationToken.None);
        var undone = false;
        if (recent.Find(name) is { } change && (change.Before ?? change.After)!.IsWithin(caller.Subtree.CostCenter) && AreSame(current, change.After))
        {
            var admin = AdminRequest.ContextOf(caller, clock, "undone");
            undone = change.Before is null
                ? await ledger.DeleteChannelAsync(name, caller.Subtree.CostCenter, admin, CancellationToken.None)
                : await ledger.PutChannelAsync(change.Before, new ShareClaim(caller.Subtree.CostCenter, _shares), admin, CancellationToken.None) is ChannelWrite.Created or ChannelWrite.Replaced;
            recent.Forget(name);
        }

        PageAnswer.GoTo(context, undone ? $"/alerts?done={Toasts.SettingUndone}" : "/alerts");
    }

    private static bool AreSame(Channel? a, Channel? b) => a is null || b is null
        ? a is null && b is null
        : a.Under == b.Under && a.SendsLike(b) && a.Levels.SequenceEqual(b.Levels) && a.Types.SequenceEqual(b.Types);
}
