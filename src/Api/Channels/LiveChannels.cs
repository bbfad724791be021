using BudgetEngine.Domain.Alerts;
using BudgetEngine.Grains.Interfaces.Alerts;

namespace BudgetEngine.Api.Channels;

/// <summary>Channels with what their notifiers say of them.</summary>
internal sealed class LiveChannels(IGrainFactory grains, TimeProvider clock)
{
    /// <summary>Notifiers asked at the same time for one list.</summary>
    public const int MaxConcurrentViews = 16;

    /// <summary>Settings are told without health when a notifier takes longer.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public async Task<ChannelView> ViewAsync(Channel channel)
    {
        try
        {
            return new ChannelView(channel, await grains.GetGrain<INotifierGrain>(channel.Name).View(new NotifierViewRequest(channel.Name)).WaitAsync(Patience, clock));
        }
        catch (Exception)
        {
            // Settings come from the ledger; that the notifier cannot be asked just now is told by a health of null.
            return new ChannelView(channel, null);
        }
    }

    /// <summary>In the order of the channels, a few at a time.</summary>
    public async Task<IReadOnlyList<ChannelView>> ViewAllAsync(IReadOnlyList<Channel> channels)
    {
        var views = new List<ChannelView>(channels.Count);
        foreach (var wave in channels.Chunk(MaxConcurrentViews)) views.AddRange(await Task.WhenAll(wave.Select(ViewAsync)));
        return views;
    }
}
