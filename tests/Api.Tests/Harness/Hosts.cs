namespace BudgetEngine.Api.Tests.Harness;

/// <summary>A host in open mode, shared: tests use cost centers of their own.</summary>
public sealed class OpenHost : IAsyncLifetime
{
    public ApiHost Api { get; private set; } = default!;

    public async Task InitializeAsync() => Api = await ApiHost.StartAsync(["--Keys:Open=true"]);

    public async Task DisposeAsync() => await Api.DisposeAsync();
}

/// <summary>A host that needs keys, with the key of the environment set; shared.</summary>
public sealed class KeyedHost : IAsyncLifetime
{
    public const string AdminKey = "an-admin-key-of-enough-characters-for-tests";
    public const string Admin = "X-Budget-Key: " + AdminKey;

    public ApiHost Api { get; private set; } = default!;

    public async Task InitializeAsync() => Api = await ApiHost.StartAsync([$"--BUDGET_ADMIN_KEY={AdminKey}", "--Keys:Open=true", "--AutoCreateTenants=true"]);

    public async Task DisposeAsync() => await Api.DisposeAsync();

    /// <summary>Makes a key; its header.</summary>
    public async Task<(string Header, string Id)> NewKeyAsync(string scopes, string? costCenter = null, string extra = "")
    {
        var list = string.Join(",", scopes.Split(' ').Select(s => $"\"{s}\""));
        var subtree = costCenter is null ? "null" : $"\"{costCenter}\"";
        var reply = await Api.SendAsync("POST", "/v1/keys", $$"""{"name":"test","scopes":[{{list}}],"cost_center":{{subtree}}{{extra}}}""", Admin);
        reply.Expect(System.Net.HttpStatusCode.Created);
        return ($"X-Budget-Key: {reply.Json["key"]}", (string)reply.Json["id"]!);
    }
}

[CollectionDefinition(nameof(OpenHost))]
public sealed class OpenHosts : ICollectionFixture<OpenHost>;

[CollectionDefinition(nameof(KeyedHost))]
public sealed class KeyedHosts : ICollectionFixture<KeyedHost>;
