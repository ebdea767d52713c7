using PaymentOrchestrator.Domain;

namespace PaymentOrchestrator.Api.Providers;

/// <summary>Where the rest of the house finds its providers: by mode first, and there is no other way to one.</summary>
internal sealed class ProviderDirectory(ProviderSet test, ProviderSet live)
{
    public ProviderSet For(Mode mode) => mode switch
    {
        Mode.Test => test,
        Mode.Live => live,
        _ => throw new ArgumentOutOfRangeException(nameof(mode)),
    };
}
