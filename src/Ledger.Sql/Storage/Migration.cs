using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace BudgetEngine.Ledger.Sql.Storage;

/// <summary>One numbered SQL file of a store.</summary>
internal sealed record Migration(string Name, string Sql)
{
    public string Hash => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Sql)));

    /// <summary>
    /// The files of a store (<c>Sqlite</c>, <c>Postgres</c>) as they are embedded, by number: the ledger's, then those of Orleans' tables, which are in a schema of
    /// their own and which a process alone makes too, so that it can become one of a cluster.
    /// </summary>
    public static IReadOnlyList<Migration> Embedded(string store) => [.. Of($"{store}.Migrations.", ""), .. Of($"{store}.Orleans.", "orleans_")];

    private static IEnumerable<Migration> Of(string folder, string namePrefix)
    {
        var assembly = typeof(Migration).Assembly;
        var prefix = $"{assembly.GetName().Name}.{folder}";
        return assembly.GetManifestResourceNames()
            .Where(n => n.StartsWith(prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(n => new Migration(namePrefix + n[prefix.Length..^".sql".Length], Read(assembly, n)));
    }

    private static string Read(Assembly assembly, string resource)
    {
        using var reader = new StreamReader(assembly.GetManifestResourceStream(resource)!, Encoding.UTF8);
        // The hash must not depend on how git checks out line ends.
        return reader.ReadToEnd().ReplaceLineEndings("\n");
    }
}
