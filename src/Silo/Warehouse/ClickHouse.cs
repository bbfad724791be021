using System.Net.Http.Headers;
using System.Text;

namespace BudgetEngine.Silo.Warehouse;

/// <summary>Statements over ClickHouse's HTTP interface: what works on 18.16 and on today's servers.</summary>
internal sealed class ClickHouse(HttpClient client, WarehouseOptions options)
{
    /// <summary>Of an error that is shown.</summary>
    private const int MaxError = 400;

    /// <summary>Runs a statement; with rows, they follow it, as its format wants them. An error is an exception with the server's words.</summary>
    public async Task<string> RunAsync(string statement, ReadOnlyMemory<byte> rows, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, options.Url);
        if (rows.IsEmpty) request.Content = new StringContent(statement, Encoding.UTF8);
        else
        {
            // The statement goes into the address and the rows into the body.
            request.RequestUri = new Uri(new Uri(options.Url!), "?query=" + Uri.EscapeDataString(statement));
            request.Content = new ReadOnlyMemoryContent(rows) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };
        }

        request.Headers.TryAddWithoutValidation("X-ClickHouse-User", options.User);
        if (!string.IsNullOrEmpty(options.Password)) request.Headers.TryAddWithoutValidation("X-ClickHouse-Key", options.Password);
        using var response = await client.SendAsync(request, cancellationToken);
        var answer = await response.Content.ReadAsStringAsync(cancellationToken);
        if (response.IsSuccessStatusCode) return answer;
        throw new WarehouseException($"ClickHouse answered {(int)response.StatusCode}: {(answer.Length > MaxError ? answer[..MaxError] : answer)}");
    }
}
