using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using BudgetEngine.TestKit.Waiting;

namespace BudgetEngine.Api.Tests.Warehouse;

/// <summary>Debian's clickhouse-server in a folder of its own.</summary>
public sealed class ClickHouseServer : IAsyncDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("clickhouse-");
    private readonly HttpClient _client = new();
    private readonly Process _process;

    private ClickHouseServer()
    {
        int port;
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            port = ((IPEndPoint)free.LocalEndpoint).Port;
        }

        Address = new Uri($"http://127.0.0.1:{port}/");
        File.WriteAllText(Path.Combine(_folder.FullName, "users.xml"), """
            <yandex><profiles><default/></profiles><quotas><default/></quotas>
            <users><default><password></password><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users></yandex>
            """);
        File.WriteAllText(Path.Combine(_folder.FullName, "config.xml"), $"""
            <yandex><logger><level>warning</level><log>{_folder}/log.txt</log><errorlog>{_folder}/errors.txt</errorlog></logger>
            <listen_host>127.0.0.1</listen_host><http_port>{port}</http_port><path>{_folder}/data/</path><tmp_path>{_folder}/tmp/</tmp_path><mark_cache_size>67108864</mark_cache_size>
            <users_config>users.xml</users_config><default_profile>default</default_profile><default_database>default</default_database></yandex>
            """);
        _process = Process.Start(new ProcessStartInfo("clickhouse-server", $"--config-file={_folder}/config.xml") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder.FullName })!;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    public Uri Address { get; }

    public static async Task<ClickHouseServer> StartAsync()
    {
        var server = new ClickHouseServer();
        await Eventually.HoldsAsync("ClickHouse answers", server.AnswersAsync, 60);
        return server;
    }

    /// <summary>The answer, as tab-separated text; an error is a failure that shows it.</summary>
    public async Task<string> AskAsync(string query)
    {
        using var response = await _client.PostAsync(Address, new StringContent(query));
        var answer = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{query}: {answer}");
        return answer.TrimEnd('\n');
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _client.Dispose();
        _folder.Delete(recursive: true);
    }

    private async Task<bool> AnswersAsync()
    {
        try
        {
            return (await _client.GetAsync(new Uri(Address, "ping"))).IsSuccessStatusCode;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }
}
