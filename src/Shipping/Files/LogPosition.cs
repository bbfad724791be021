namespace BudgetEngine.Shipping.Files;

/// <summary>
/// How far a log has been read, and which file that is: by its beginning, which stays the same when it is renamed or copied. An inode would not do: a copy has
/// another, and a deleted file's is given to the next.
/// </summary>
/// <param name="Head">SHA-256 of the first bytes, in hexadecimal.</param>
/// <param name="HeadLength">Of how many: the first line, at most <see cref="Fingerprint.MaxLength"/>.</param>
/// <param name="Offset">What comes before has been acknowledged.</param>
internal sealed record LogPosition(string Head, int HeadLength, long Offset);
