using Microsoft.Playwright;

namespace BudgetEngine.Dashboard.Tests.Browser;

/// <summary>A page of a browser, with everything that it complains about and asks for.</summary>
public sealed class WatchedPage : IAsyncDisposable
{
    private readonly IBrowserContext _context;
    private readonly List<string> _complaints = [];
    private readonly List<string> _requests = [];

    public WatchedPage(IBrowserContext context, IPage page)
    {
        (_context, Page) = (context, page);
        page.Console += (_, message) =>
        {
            if (message.Type is "error" or "warning") lock (_complaints) _complaints.Add(message.Text);
        };
        page.PageError += (_, error) =>
        {
            lock (_complaints) _complaints.Add(error);
        };
        page.Request += (_, request) =>
        {
            lock (_requests) _requests.Add(request.Url);
        };
    }

    public IPage Page { get; }

    /// <summary>Nothing on the console, and no request to anywhere but this host.</summary>
    public void AssertQuiet(Uri host)
    {
        lock (_complaints) Assert.Empty(_complaints);
        lock (_requests) Assert.All(_requests, r => Assert.StartsWith(host.ToString(), r, StringComparison.Ordinal));
    }

    public void ForgetComplaints()
    {
        lock (_complaints) _complaints.Clear();
    }

    public Task<bool> OverflowsAsync() => Page.EvaluateAsync<bool>("document.documentElement.scrollWidth > document.documentElement.clientWidth");

    public ValueTask DisposeAsync() => new(_context.CloseAsync());
}
