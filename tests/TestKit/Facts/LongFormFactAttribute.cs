namespace BudgetEngine.TestKit.Facts;

/// <summary>A test that may be a long form.</summary>
[AttributeUsage(AttributeTargets.Method)]
public abstract class LongFormFactAttribute : FactAttribute
{
    /// <summary>A part of <c>./test.sh long</c> only.</summary>
    public bool IsLong
    {
        get;
        set
        {
            field = value;
            if (value) Skip ??= LongForms.WhyNot();
        }
    }
}
