namespace BudgetEngine.Alerts.Delivery.Secrets;

/// <summary>
/// A value that stands for another: <c>env:BUDGET_SECRET_X</c> or <c>file:name</c>. Variables of other names and files elsewhere cannot be named: who may
/// write a channel must not be
/// able to send the ledger's password somewhere.
/// </summary>
public static class SecretReference
{
    public const string EnvironmentScheme = "env:";
    public const string FileScheme = "file:";
    public const string VariablePrefix = "BUDGET_SECRET_";
    public const int MaxName = 128;

    public static bool IsReference(string value) => value.StartsWith(EnvironmentScheme, StringComparison.Ordinal) || value.StartsWith(FileScheme, StringComparison.Ordinal);

    /// <summary>What is wrong with the name of a reference; null: nothing.</summary>
    public static string? Fault(string reference)
    {
        if (reference.StartsWith(EnvironmentScheme, StringComparison.Ordinal))
        {
            var variable = reference[EnvironmentScheme.Length..];
            var isOurs = variable.StartsWith(VariablePrefix, StringComparison.Ordinal) && variable.Length > VariablePrefix.Length && variable.Length <= MaxName;
            return isOurs && variable.All(c => char.IsAsciiLetterOrDigit(c) || c == '_')
                ? null
                : $"env: names a variable whose name begins with {VariablePrefix}";
        }

        var file = reference[FileScheme.Length..];
        return file.Length is > 0 and <= MaxName && file[0] != '.' && file.All(c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-')
            ? null
            : "file: names a plain file in Secrets:Directory (letters, digits, '.', '_', '-'; not beginning with a dot)";
    }
}

/// <summary>What a reference stands for. Never printed.</summary>
/// <param name="Value">Null: it could not be read.</param>
/// <param name="Fault">For people; names the reference, never a value.</param>
/// <param name="IsForGood">The reference itself is wrong: reading again would not help.</param>
internal readonly record struct SecretValue(string? Value, string? Fault, bool IsForGood)
{
    public override string ToString() => Fault ?? nameof(SecretValue);
}
