namespace BudgetEngine.Domain.Alerts;

/// <summary>At what usage of a model without a price is booked. Values are stored: never renumbered.</summary>
public enum UnpricedBasis : byte
{
    /// <summary>Not told: the dearest plausible price of the price book, if there is one.</summary>
    Unknown = 0,

    /// <summary>The default price of the nearest budget.</summary>
    DefaultPrice = 1,

    /// <summary>The dearest plausible price of the price book.</summary>
    DearestPrice = 2,

    /// <summary>0 so far: there is no price to go by, or nothing was counted.</summary>
    Zero = 3,
}
