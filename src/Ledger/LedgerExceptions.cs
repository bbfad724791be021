using BudgetEngine.Domain.Faults;

namespace BudgetEngine.Ledger;

/// <summary>The data itself cannot be stored (SQLSTATE class 22 or 23, an SQLite constraint); repeating cannot help.</summary>
public sealed class LedgerDataException(string message, Exception? inner = null) : ExpectedException(message, inner);

/// <summary>The transaction lost against another one (40001, 40P01, SQLite busy) and had no effect: repeat it.</summary>
public sealed class LedgerContentionException(string message, Exception? inner = null) : ExpectedException(message, inner);

/// <summary>The cost center has another name now: what is set under the old one would never act. Nothing was written.</summary>
public sealed class CostCenterMovedException(string path, string to) : ExpectedException($"'{path}' was moved: it is '{to}' now.");

/// <summary>A move gives old sums and rows of the tenant their new names, and what was asked for has to wait for that. Nothing was written.</summary>
public sealed class MoveUnderWayException(string from, string to)
    : ExpectedException($"'{from}' is becoming '{to}', and its older days are not there yet: users can be told apart when GET /v1/moves says that it is done.");

/// <summary>The ledger cannot be reached or written now. The outcome of a write is unknown.</summary>
public sealed class LedgerUnavailableException(string message, Exception? inner = null) : ExpectedException(message, inner);

/// <summary>A report was broken off since it had read for as long as it may. The ledger is well.</summary>
public sealed class LedgerReportTooLongException(TimeSpan within, Exception? inner = null)
    : ExpectedException($"The report took longer than {within.TotalSeconds:0.#} s and was broken off.", inner);

/// <summary>The database does not fit this program; starting would do harm. The message says what to do.</summary>
public sealed class LedgerSchemaException(string message) : ExpectedException(message);

/// <summary>The ledger counts its amounts in another unit than this process would. The message says what to do.</summary>
public sealed class LedgerCurrencyException(int stored, int wanted, bool isUsed) : ExpectedException(
    $"The ledger counts amounts to {stored} decimals, which {(isUsed ? "was fixed with its first record" : "other processes that work on it do, too")}; "
    + $"the settings Currency and Currency:Decimals ask for {wanted}. Start with Currency:Decimals={stored}, or on another ledger: amounts are never converted.");

/// <summary>Another process works on this ledger, and this one wants to work on it alone.</summary>
public sealed class LedgerLockedException(string message) : ExpectedException(message);
