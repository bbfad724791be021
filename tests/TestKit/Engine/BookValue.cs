namespace BudgetEngine.TestKit.Engine;

public readonly record struct BookValue(long Spent, long Requests)
{
    public static BookValue operator +(BookValue a, BookValue b) => new(checked(a.Spent + b.Spent), a.Requests + b.Requests);
}
