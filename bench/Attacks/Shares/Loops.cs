using System.Text;
using BudgetEngine.Attacks.Harness;

namespace BudgetEngine.Attacks.Shares;

/// <summary>Requests of one key, as fast as so many loops can send them.</summary>
internal static class Loops
{
    /// <param name="body">Of the request with this number.</param>
    public static Task RunAsync(Stand stand, string key, int loops, string path, Func<int, string> body, Tally tally, CancellationToken end, string type = "application/json")
    {
        var number = 0;
        return Task.WhenAll(Enumerable.Range(0, loops).Select(_ => Task.Run(LoopAsync, CancellationToken.None)));

        async Task LoopAsync()
        {
            using var client = stand.ClientOf(key);
            while (!end.IsCancellationRequested)
            {
                await tally.CountAsync(
                    async () =>
                    {
                        using var content = new StringContent(body(Interlocked.Increment(ref number)), Encoding.UTF8, type);
                        using var answer = await client.PostAsync(path, content, end);
                        return (int)answer.StatusCode;
                    },
                    end);
            }
        }
    }

    /// <summary>So many requests, one after the other, on each of eight connections.</summary>
    public static async Task SendAsync(Stand stand, string key, int count, string path, Func<int, string> body)
    {
        var number = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async _ =>
        {
            using var client = stand.ClientOf(key);
            for (var i = Interlocked.Increment(ref number); i <= count; i = Interlocked.Increment(ref number))
            {
                using var content = new StringContent(body(i), Encoding.UTF8, "application/json");
                using var answer = await client.PostAsync(path, content);
                answer.EnsureSuccessStatusCode();
            }
        }));
    }
}
