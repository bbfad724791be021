using System.Security.Cryptography;
using BudgetEngine.Domain.Budgets;
using BudgetEngine.Ledger.Catalogs;
using BudgetEngine.Ledger.Sql.Nodes;
using BudgetEngine.Ledger.Sql.Storage;

namespace BudgetEngine.Ledger.Sql.Catalogs;

/// <summary>The keys that reservation ids are signed with. Their secrets stay in this table: the audit names a key by its number.</summary>
internal sealed class SigningKeyTable(LedgerDatabase database) : ILedgerSigningKeys
{
    /// <summary>Makes the table.</summary>
    public const string Migration = "0004_signing_keys";

    public static async Task<ReservationSigningKeys> ReadAsync(LedgerSession session, CancellationToken cancellationToken) =>
        new(await session.ListAsync(
            "select number, secret, signs_from, verifies_until from reservation_signing_keys order by number",
            r => new ReservationSigningKey(r.Int(), r.Bytes(), r.Time(), r.TimeOrNull()), cancellationToken));

    /// <summary>Makes the first key of a ledger that has none. Of several processes that open it at once one makes it.</summary>
    public static Task EnsureAsync(LedgerSession session, CancellationToken cancellationToken) =>
        session.ExecuteAsync(
            $"""
            insert into reservation_signing_keys (number, secret, signs_from)
            select 1, @secret, {session.Dialect.Now} where not exists (select 1 from reservation_signing_keys)
            on conflict (number) do nothing
            """,
            cancellationToken, ("secret", RandomNumberGenerator.GetBytes(ReservationSigningKey.SecretLength)));

    public Task<int> RotateSigningKeyAsync(
        byte[] secret, DateTimeOffset signsFrom, DateTimeOffset oldVerifyUntil, AdminContext admin, CancellationToken cancellationToken) =>
        database.WriteAsync(
            async s =>
            {
                await AdminWrites.BeginAsync(s, cancellationToken);
                await s.ExecuteAsync("delete from reservation_signing_keys where verifies_until <= @now", cancellationToken, ("now", admin.At));
                if (await s.NumberAsync("select count(*) from reservation_signing_keys", cancellationToken) >= ReservationSigningKeys.MaxKeys)
                {
                    throw new LedgerDataException($"{ReservationSigningKeys.MaxKeys} signing keys are in force already: let older ones end sooner.");
                }

                await s.ExecuteAsync(
                    "update reservation_signing_keys set verifies_until = @until where verifies_until is null or verifies_until > @until", cancellationToken,
                    ("until", oldVerifyUntil));
                // Numbers of deleted keys do not come back while a later one is there, and the latest is never deleted.
                var number = await s.NumberAsync("select max(number) + 1 from reservation_signing_keys", cancellationToken);
                if (number > ReservationSigningKeys.MaxNumber) throw new LedgerDataException("There are no more numbers for signing keys.");
                await s.ExecuteAsync(
                    "insert into reservation_signing_keys (number, secret, signs_from) values (@number, @secret, @from)", cancellationToken,
                    ("number", number), ("secret", secret), ("from", signsFrom));
                await AdminWrites.RaiseAsync(s, "signing_keys", 1, cancellationToken);
                await AdminWrites.AuditAsync(s, admin, "signing_key.rotate", null, null, $$"""{"number":{{number}}}""", cancellationToken);
                return (int)number;
            },
            cancellationToken);
}
