using BudgetEngine.Domain.Budgets;
using BudgetEngine.Ledger.Reports;
using BudgetEngine.Ledger.Tests.Harness;
using Xunit.Abstractions;

namespace BudgetEngine.Ledger.Tests.Conformance;

/// <summary>The keys that reservation ids are signed with: made once, rotated with overlap, a catalog with a version of its own.</summary>
public abstract class SigningKeySuite(LedgerHost host, ITestOutputHelper output) : LedgerConformance(host, output)
{
    private static readonly ReservationId _id = new("acme/x", "u-1", Today, Stamp.First(3), Guid.Empty);

    public override Task InitializeAsync() => Task.CompletedTask;

    [LedgerFact]
    public async Task FirstKey_OfALedgerThatSeveralOpenAtOnce_IsTheSameForAll()
    {
        var stores = Host.SeveralProcesses ? [Store, Host.NewStore(), Host.NewStore(), Host.NewStore()] : new[] { Store };

        await Task.WhenAll(stores.Select(s => Task.Run(() => s.OpenAsync(migrate: true, LedgerUse.Shared, None))));

        foreach (var store in stores) Assert.Equal(await WriteAsync(Store), await WriteAsync(store));
    }

    [LedgerFact]
    public async Task FirstKey_WhenTheLedgerIsOpenedAgain_IsWhatItWas()
    {
        await Store.OpenAsync(migrate: true, LedgerUse.Shared, None);
        var text = await WriteAsync(Store);
        var again = Host.NewStore();

        await again.OpenAsync(migrate: false, LedgerUse.Shared, None);

        Assert.Equal(text, await WriteAsync(again));
    }

    [LedgerFact]
    public async Task Key_WhenRotated_LeavesTheOldOneInForceForItsTime()
    {
        await Store.OpenAsync(migrate: true, LedgerUse.Shared, None);
        var (old, from, until) = (await WriteAsync(Store), Soon.AddMinutes(1), Soon.AddDays(7));
        var before = await Store.Catalogs.ReadCatalogVersionsAsync(None);

        Assert.Equal(2, await Store.SigningKeys.RotateSigningKeyAsync(Secret(2), from, until, Admin, None));

        var after = await Store.Catalogs.ReadCatalogVersionsAsync(None);
        Assert.True(after.SigningKeys > before.SigningKeys);
        Assert.Equal(before with { SigningKeys = after.SigningKeys }, after);
        var keys = await Store.Catalogs.ReadSigningKeysAsync(None);
        Assert.Equal(old, keys.Write(_id, from.AddSeconds(-1)));
        Assert.Equal(new ReservationSigningKeys([new ReservationSigningKey(2, Secret(2), from, null)]).Write(_id, from), keys.Write(_id, from));
        Assert.True(keys.TryRead(old, until.AddSeconds(-1), out _));
        Assert.False(keys.TryRead(old, until, out _));
    }

    [LedgerFact]
    public async Task Keys_WhenRotatedAgain_EndNoLaterThanTheyWereToAndAreThenDeleted()
    {
        await Store.OpenAsync(migrate: true, LedgerUse.Shared, None);
        var old = await WriteAsync(Store);
        await Store.SigningKeys.RotateSigningKeyAsync(Secret(2), Soon, Soon.AddDays(1), Admin, None);
        await Store.SigningKeys.RotateSigningKeyAsync(Secret(3), Soon, Soon.AddDays(9), Admin, None);
        Assert.False((await Store.Catalogs.ReadSigningKeysAsync(None)).TryRead(old, Soon.AddDays(1), out _));

        var later = Admin with { At = Soon.AddDays(2) };
        Assert.Equal(4, await Store.SigningKeys.RotateSigningKeyAsync(Secret(4), later.At, later.At.AddDays(30), later, None));

        var keys = await Store.Catalogs.ReadSigningKeysAsync(None);
        Assert.False(keys.TryRead(old, Soon, out _));
        var second = new ReservationSigningKeys([new ReservationSigningKey(2, Secret(2), Soon, null)]).Write(_id, Soon);
        Assert.True(keys.TryRead(second, Soon.AddDays(9).AddSeconds(-1), out _));
        Assert.False(keys.TryRead(second, Soon.AddDays(9), out _));
    }

    [LedgerFact]
    public async Task Keys_WhenTooManyAreInForce_AreNotRotated()
    {
        await Store.OpenAsync(migrate: true, LedgerUse.Shared, None);
        for (var i = 2; i <= ReservationSigningKeys.MaxKeys; i++) await Store.SigningKeys.RotateSigningKeyAsync(Secret(1), Soon, Soon.AddDays(1), Admin, None);

        await Assert.ThrowsAsync<LedgerDataException>(() => Store.SigningKeys.RotateSigningKeyAsync(Secret(1), Soon, Soon.AddDays(1), Admin, None));
    }

    [LedgerFact]
    public async Task Audit_OfARotation_NamesTheNumberAlone()
    {
        await Store.OpenAsync(migrate: true, LedgerUse.Shared, None);
        await Store.SigningKeys.RotateSigningKeyAsync(Secret(2), Soon, Soon, Admin, None);

        var entry = Assert.Single(await Store.Audit.ReadAuditAsync(new AuditFilter(), null, 10, None));
        Assert.Equal(("signing_key.rotate", null, """{"number":2}"""), (entry.Action, entry.Before, entry.After?.Replace(" ", "", StringComparison.Ordinal)));
    }

    /// <summary>After the first key was made, which is by the ledger's clock.</summary>
    private static DateTimeOffset Soon { get; } = new(DateTime.UtcNow.Date.AddDays(2), TimeSpan.Zero);

    private static byte[] Secret(byte value) => [.. Enumerable.Repeat(value, ReservationSigningKey.SecretLength)];

    private static async Task<string> WriteAsync(StoreUnderTest store) => (await store.Catalogs.ReadSigningKeysAsync(None)).Write(_id, Now);
}
