namespace PaymentOrchestrator.Domain;

/// <summary>Test money or real money. Everything that is stored or called belongs to exactly one.</summary>
public enum Mode
{
    Test,
    Live,
}

public static class Modes
{
    public static string Code(this Mode mode) => mode == Mode.Live ? "live" : "test";
}
