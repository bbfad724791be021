using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using BudgetEngine.Shipping.Hosting;
using BudgetEngine.Shipping.Lines;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Shipping.Posting;

/// <summary>Posts records to <c>/v1/usage</c>.</summary>
internal sealed class UsagePost : IDisposable
{
    private static readonly TimeSpan _timeout = TimeSpan.FromSeconds(30);

    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) }) { Timeout = _timeout };
    private readonly Uri _address;

    public UsagePost(IOptions<ShipOptions> options)
    {
        _address = new Uri($"{options.Value.Engine.TrimEnd('/')}/v1/usage");
        if (options.Value.Key is { Length: > 0 } key) _http.DefaultRequestHeaders.Add("X-Budget-Key", key);
    }

    /// <exception cref="HttpRequestException">The engine is away, or does not take the post as a whole; the outcome is unknown.</exception>
    public async Task<PostOutcome> SendAsync(IReadOnlyList<SettlementRecord> records, CancellationToken cancellationToken)
    {
        using var content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes([.. records], SettlementJson.Default.SettlementRecordArray)) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        try
        {
            using var response = await _http.PostAsync(_address, content, cancellationToken);
            if (response.StatusCode == HttpStatusCode.RequestEntityTooLarge) return await InHalvesAsync(records, cancellationToken);
            if (response.StatusCode != HttpStatusCode.OK) throw new HttpRequestException($"The engine answers {(int)response.StatusCode}.");
            using var answer = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(cancellationToken), cancellationToken: cancellationToken);
            return Read(answer.RootElement, records);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new HttpRequestException($"The engine does not answer within {_timeout.TotalSeconds} s.");
        }
        catch (Exception broken) when (broken is IOException or JsonException)
        {
            throw new HttpRequestException("The engine's answer broke off.", broken);
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Lines of any length are taken, not any number of them at once; one that is too long by itself keeps no other back.</summary>
    private async Task<PostOutcome> InHalvesAsync(IReadOnlyList<SettlementRecord> records, CancellationToken cancellationToken)
    {
        if (records.Count == 1) return new PostOutcome(0, 0, ["body_too_large"], []);
        var first = await SendAsync([.. records.Take(records.Count / 2)], cancellationToken);
        var second = await SendAsync([.. records.Skip(records.Count / 2)], cancellationToken);
        return new PostOutcome(first.Recorded + second.Recorded, first.Duplicates + second.Duplicates, [.. first.Codes, .. second.Codes], [.. first.Again, .. second.Again]);
    }

    private static PostOutcome Read(JsonElement answer, IReadOnlyList<SettlementRecord> records)
    {
        var (recorded, duplicates, codes, again) = (0, 0, new List<string>(), new List<SettlementRecord>());
        foreach (var result in answer.GetProperty("results").EnumerateArray())
        {
            switch (result.GetProperty("result").GetString())
            {
                case "recorded": recorded++; break;
                case "duplicate": duplicates++; break;
                // Recorded before, with other particulars: by nginx itself, or from a log of another format.
                case "rejected" when result.GetProperty("code").GetString() == "request_id_conflict": duplicates++; break;
                case var _ when result.TryGetProperty("retryable", out var retryable) && retryable.ValueKind == JsonValueKind.True: again.Add(records[result.GetProperty("index").GetInt32()]); break;
                default: codes.Add(result.GetProperty("code").GetString() ?? ""); break;
            }
        }

        return new PostOutcome(recorded, duplicates, codes, again);
    }
}
