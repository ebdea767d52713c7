namespace PaymentOrchestrator.Benchmarks.Load;

/// <summary>A request that is ready to be sent.</summary>
/// <param name="Bytes">All of it, head and body.</param>
/// <param name="Order">The marketplace's order that it is about, by which the provider's calls are told from others'; null for none.</param>
internal readonly record struct Prepared(byte[] Bytes, string? Order);
