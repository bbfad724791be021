using System.Globalization;
using BudgetEngine.Attacks.Harness;

namespace BudgetEngine.Attacks.Shares;

/// <summary>Listeners, channels and keys, as many as one subtree's key gets.</summary>
internal sealed class TakenCaps : IAttack
{
    private const int Listeners = 256;
    private const int Channels = 1_000;
    private const int Keys = 600;

    private string _key = "";

    public string Name => "caps";

    public string What => $"{Listeners} listeners, {Channels} channels, {Keys} keys by one subtree";

    public async Task PrepareAsync(Stand stand) => _key = await stand.KeyAsync($"{Stand.Attacker}/a", null, "admin");

    public async Task RunAsync(Stand stand, Tally tally, CancellationToken end)
    {
        using var client = stand.ClientOf(_key);
        var listening = Enumerable.Range(0, Listeners).Select(_ => ListenAsync(client, tally, end)).ToList();
        for (var i = 0; i < Channels && !end.IsCancellationRequested; i++)
        {
            await tally.CountAsync(() => SendAsync(client, HttpMethod.Put, $"/v1/channels/c{i}", """{"type":"email","to":["a@example.com"]}""", end), end);
        }

        for (var i = 0; i < Keys && !end.IsCancellationRequested; i++)
        {
            await tally.CountAsync(() => SendAsync(client, HttpMethod.Post, "/v1/keys", $$"""{"name":"k","scopes":["read"],"cost_center":"{{Stand.Attacker}}/a"}""", end), end);
        }

        await Task.WhenAll(listening);
    }

    public async Task<string> EffectAsync(Stand stand)
    {
        using var channel = new StringContent("""{"type":"email","to":["a@example.com"]}""", System.Text.Encoding.UTF8, "application/json");
        using var client = stand.ClientOf(await stand.KeyAsync(Stand.Victim, null, "admin"));
        using var put = await client.PutAsync("/v1/channels/victims-own", channel);
        var (channels, keys) = (await CountAsync(stand, "channels"), await CountAsync(stand, "api_keys"));
        return string.Create(CultureInfo.InvariantCulture, $"{channels} channels, {keys} keys; another tenant's channel: {(int)put.StatusCode}");
    }

    private static async Task<long> CountAsync(Stand stand, string table) =>
        (await stand.Store.QueryAsync($"select count(*) from {table}", r => Convert.ToInt64(r.GetValue(0), CultureInfo.InvariantCulture)))[0];

    private static async Task ListenAsync(HttpClient client, Tally tally, CancellationToken end)
    {
        try
        {
            using var answer = await client.GetAsync("/v1/events", HttpCompletionOption.ResponseHeadersRead, end);
            tally.Add($"listener {(int)answer.StatusCode}");
            if (!answer.IsSuccessStatusCode) return;
            await using var events = await answer.Content.ReadAsStreamAsync(end);
            await events.CopyToAsync(Stream.Null, end);
        }
        catch (Exception ended) when (ended is OperationCanceledException or HttpRequestException)
        {
            // The attack is over.
        }
    }

    private static async Task<int> SendAsync(HttpClient client, HttpMethod method, string path, string body, CancellationToken end)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(body, System.Text.Encoding.UTF8, "application/json") };
        using var answer = await client.SendAsync(request, end);
        return (int)answer.StatusCode;
    }
}
