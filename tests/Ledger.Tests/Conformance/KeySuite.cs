using BudgetEngine.Domain.CostCenters;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Conformance;

/// <summary>API keys: a catalog with a version of its own. The simulated store has none.</summary>
public abstract class KeySuite(LedgerHost host, ITestOutputHelper output) : LedgerConformance(host, output)
{
    [LedgerFact]
    public async Task Keys_ComeBackAndChange()
    {
        var key = new StoredKey(
            "k1", "ci", [.. Enumerable.Range(0, 32).Select(i => (byte)(i * 8))], ["check", "usage"], "acme/x", Now.AddDays(1), """{"trust":[]}""", Now, "env", null);
        await Store.Keys.InsertKeyAsync(key, Admin, None);
        await Store.Keys.InsertKeyAsync(key with { Id = "k2", Hash = new byte[32], CostCenter = null, ExpiresAt = null, GatewayJson = null, Scopes = [] }, Admin, None);
        await Assert.ThrowsAsync<LedgerDataException>(() => Store.Keys.InsertKeyAsync(key with { Id = "k3" }, Admin, None));

        Assert.True(await Store.Keys.ReplaceKeyAsync(key, key with { Name = "new", RevokedAt = Now, GatewayJson = null, Scopes = ["admin"], Hash = new byte[32] }, Admin, None));
        Assert.False(await Store.Keys.ReplaceKeyAsync(key with { Id = "k9" }, key with { Id = "k9" }, Admin, None));
        Assert.Null((await Store.Catalogs.ReadKeysAsync(None))[0].RevokedAt);
        Assert.True(await Store.Keys.RevokeKeyAsync("k1", Admin, None));

        var keys = await Store.Catalogs.ReadKeysAsync(None);
        Assert.Equal(["k1", "k2"], keys.Select(k => k.Id));
        Assert.Equal(key.Hash, keys[0].Hash);
        Assert.Equal(key.Scopes, keys[0].Scopes);
        Assert.Equal(("new", Now, null, key.ExpiresAt), (keys[0].Name, keys[0].RevokedAt, keys[0].GatewayJson, keys[0].ExpiresAt));
        Assert.DoesNotContain(await Store.Audit.ReadAuditAsync(new AuditFilter(), null, 100, None), e => (e.Before + e.After).Contains("hash", StringComparison.OrdinalIgnoreCase));
    }

    [LedgerFact]
    public async Task Key_ThatIsAnotherThanWasRead_IsNotReplaced()
    {
        var key = new StoredKey("k", "n", new byte[32], ["check"], null, Now.AddDays(1), null, Now, "env", null);
        await Store.Keys.InsertKeyAsync(key, Admin, None);
        Assert.True(await Store.Keys.ReplaceKeyAsync(key, key with { Name = "first" }, Admin, None));

        // Each made from what was read before the first.
        Assert.False(await Store.Keys.ReplaceKeyAsync(key, key with { ExpiresAt = null }, Admin, None));
        Assert.False(await Store.Keys.ReplaceKeyAsync(key with { Name = "first", ExpiresAt = null }, key, Admin, None));
        Assert.False(await Store.Keys.ReplaceKeyAsync(key with { Name = "first", GatewayJson = "{}" }, key, Admin, None));

        Assert.Equal(("first", key.ExpiresAt), (await Store.Catalogs.ReadKeysAsync(None)).Select(k => (k.Name, k.ExpiresAt)).Single());
    }

    [LedgerFact]
    public async Task RevokedKey_StaysRevokedSinceThen()
    {
        var key = new StoredKey("k", "n", new byte[32], ["check"], null, null, null, Now, "env", null);
        await Store.Keys.InsertKeyAsync(key, Admin, None);
        Assert.True(await Store.Keys.RevokeKeyAsync("k", Admin, None));
        var versions = await Store.Catalogs.ReadCatalogVersionsAsync(None);

        Assert.True(await Store.Keys.RevokeKeyAsync("k", Admin with { At = Now.AddDays(1) }, None));
        Assert.False(await Store.Keys.ReplaceKeyAsync(key, key with { Name = "alive" }, Admin, None));
        Assert.False(await Store.Keys.RevokeKeyAsync("nobody", Admin, None));

        Assert.Equal(("n", Now), (await Store.Catalogs.ReadKeysAsync(None)).Select(k => (k.Name, k.RevokedAt)).Single());
        Assert.Equal(versions, await Store.Catalogs.ReadCatalogVersionsAsync(None));
    }

    [LedgerFact]
    public async Task CatalogVersions_OfAKey_GrowAlone()
    {
        var before = await Store.Catalogs.ReadCatalogVersionsAsync(None);
        await Store.Keys.InsertKeyAsync(new StoredKey("k", "n", new byte[32], [], null, null, null, Now, "env", null), Admin, None);
        var after = await Store.Catalogs.ReadCatalogVersionsAsync(None);

        Assert.True(after.Keys > before.Keys);
        Assert.Equal(before with { Keys = after.Keys }, after);
    }

    [LedgerFact]
    public async Task Insert_BeyondTheShare_IsRefused_RevokedOnesCountUntilRetentionDeletesThem()
    {
        var claim = new ShareClaim("acme/a", new SubtreeShares(16, 8));
        for (var i = 0; i < 4; i++) Assert.True(await Store.Keys.InsertKeyAsync(KeyOf(i), claim, Admin, None));
        for (var i = 0; i < 4; i++) await Store.Keys.RevokeKeyAsync($"k{i}", Admin, None);
        Assert.False(await Store.Keys.InsertKeyAsync(KeyOf(4), claim, Admin, None));
        Assert.True(await Store.Keys.InsertKeyAsync(KeyOf(5) with { CostCenter = null }, claim with { Within = null }, Admin, None));

        await Store.Housekeeping.RetainAsync(Now.AddDays(1), 100, None);

        Assert.True(await Store.Keys.InsertKeyAsync(KeyOf(4), claim, Admin, None));
        await Store.Keys.RevokeKeyAsync("k4", Admin, None);
        await Store.Keys.RevokeKeyAsync("k5", Admin, None);
        await Store.Housekeeping.RetainAsync(Now.AddDays(2), 100, None);
        // The newest stays: it says that open mode is over.
        Assert.Equal(["k4"], (await Store.Catalogs.ReadKeysAsync(None)).Select(k => k.Id));
    }

    private static StoredKey KeyOf(int i) => new($"k{i}", "n", [.. Enumerable.Repeat((byte)i, 32)], ["read"], "acme/a", null, null, Now.AddSeconds(i == 5 ? 0 : i), "env", null);
}
