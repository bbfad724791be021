using System.Net;
using BudgetEngine.Api.Tests.Harness;

namespace BudgetEngine.Dashboard.Tests.Harness;

/// <summary>A host in open mode, shared: tests use tenants of their own.</summary>
public sealed class OpenHost : IAsyncLifetime
{
    public ApiHost Api { get; private set; } = default!;

    public async Task InitializeAsync() => Api = await ApiHost.StartAsync(["--Keys:Open=true"]);

    public async Task DisposeAsync() => await Api.DisposeAsync();
}

/// <summary>A host that needs keys.</summary>
public sealed class KeyedHost : IAsyncLifetime
{
    public const string AdminKey = "an-admin-key-of-enough-characters-for-tests";
    public const string Admin = "X-Budget-Key: " + AdminKey;

    public ApiHost Api { get; private set; } = default!;

    public async Task InitializeAsync() => Api = await ApiHost.StartAsync([$"--BUDGET_ADMIN_KEY={AdminKey}", "--AutoCreateTenants=true"]);

    public async Task DisposeAsync() => await Api.DisposeAsync();

    /// <summary>Makes a key; itself and its id.</summary>
    public async Task<(string Key, string Id)> NewKeyAsync(string scope, string? costCenter = null)
    {
        var reply = await Api.SendAsync("POST", "/v1/keys", $$"""{"name":"test","scopes":["{{scope}}"],"cost_center":{{(costCenter is null ? "null" : $"\"{costCenter}\"")}}}""", Admin);
        reply.Expect(HttpStatusCode.Created);
        return ((string)reply.Json["key"]!, (string)reply.Json["id"]!);
    }
}

[CollectionDefinition(nameof(OpenHost))]
public sealed class OpenHosts : ICollectionFixture<OpenHost>;

[CollectionDefinition(nameof(KeyedHost))]
public sealed class KeyedHosts : ICollectionFixture<KeyedHost>;
