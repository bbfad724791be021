namespace BudgetEngine.Api.Events;

internal enum EventKind
{
    Decision,
    Spend,
    Alert,
    Budget,
}
