using System.Security;
using System.Text;
using Microsoft.Extensions.Options;

namespace BudgetEngine.Alerts.Delivery.Secrets;

/// <summary>Reads secrets at the moment at which they are needed: a file that was exchanged counts from the next message on.</summary>
internal sealed class SecretReader(IOptions<SecretsOptions> options)
{
    /// <summary>Of one secret.</summary>
    public const int MaxBytes = 4_096;

    /// <summary>Links that are followed for one path.</summary>
    private const int MaxLinks = 16;

    /// <summary>A literal value stands for itself.</summary>
    public SecretValue Read(string value)
    {
        if (!SecretReference.IsReference(value)) return new SecretValue(value, null, false);
        if (SecretReference.Fault(value) is { } fault) return new SecretValue(null, fault, IsForGood: true);
        var secret = value.StartsWith(SecretReference.FileScheme, StringComparison.Ordinal)
            ? ReadFile(value[SecretReference.FileScheme.Length..])
            : Environment.GetEnvironmentVariable(value[SecretReference.EnvironmentScheme.Length..]);
        // Perhaps it is being exchanged just now: that must not lose an alert.
        if (string.IsNullOrWhiteSpace(secret)) return new SecretValue(null, $"'{value}' cannot be read, or is empty", IsForGood: false);
        return new SecretValue(secret.Trim(), null, false);
    }

    private string? ReadFile(string name)
    {
        if (options.Value.Directory is not { Length: > 0 } directory) return null;
        try
        {
            var folder = RealPath(Path.GetFullPath(directory));
            // Links within the folder are how Kubernetes exchanges secrets; none may lead out.
            var path = RealPath(Path.Combine(folder, name));
            if (!path.StartsWith(folder + Path.DirectorySeparatorChar, StringComparison.Ordinal)) return null;
            // Pipes and devices have no length: they are never opened.
            if (new FileInfo(path) is not { Exists: true, Length: > 0 and <= MaxBytes }) return null;
            using var file = File.OpenRead(path);
            var bytes = new byte[MaxBytes + 1];
            var length = file.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
            return length > MaxBytes ? null : Encoding.UTF8.GetString(bytes, 0, length);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or SecurityException)
        {
            return null;
        }
    }

    /// <summary>The path without any link in it.</summary>
    private static string RealPath(string path)
    {
        var links = 0;
        var real = Path.GetPathRoot(path)!;
        var rest = new Stack<string>(Parts(path[real.Length..]));
        while (rest.TryPop(out var part))
        {
            if (part == "..")
            {
                real = Path.GetDirectoryName(real) ?? real;
                continue;
            }

            var next = Path.Combine(real, part);
            if (new FileInfo(next).LinkTarget is not { } target)
            {
                real = next;
                continue;
            }

            if (++links > MaxLinks) throw new IOException("Too many links.");
            if (Path.IsPathRooted(target))
            {
                real = Path.GetPathRoot(target)!;
                target = target[real.Length..];
            }

            foreach (var inner in Parts(target)) rest.Push(inner);
        }

        return real;
    }

    /// <summary>Last part first, as a stack takes them.</summary>
    private static IEnumerable<string> Parts(string path) => path.Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries).Where(p => p != ".").Reverse();
}
