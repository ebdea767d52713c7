using PaymentOrchestrator.FaultTests.Points;
using PaymentOrchestrator.FaultTests.World;

namespace PaymentOrchestrator.FaultTests.Kill;

/// <summary>One thing that is done to the running system.</summary>
internal abstract record KillStep
{
    private KillStep() { }

    /// <summary>Whether a process dies of it.</summary>
    public bool IsKill => this is not Break;

    /// <summary>As reports count it.</summary>
    public abstract string Kind { get; }

    /// <summary>The API kills itself where it stands.</summary>
    public sealed record ApiAt(FaultPoint Point) : KillStep
    {
        public override string Kind => Point.Name;
    }

    public sealed record ApiAnytime : KillStep
    {
        public override string Kind => "api";
    }

    public sealed record Sandbox : KillStep
    {
        public override string Kind => "sandbox";
    }

    public sealed record Postgres : KillStep
    {
        public override string Kind => "postgres";
    }

    /// <summary>A link is broken for a moment.</summary>
    public sealed record Break(bool OfDatabase, LinkState State) : KillStep
    {
        public override string Kind => $"{(OfDatabase ? "database" : "provider")}_link_{State.ToString().ToLowerInvariant()}";
    }

    /// <summary>A mixture: points in turn, the other processes, and broken links between.</summary>
    public static IEnumerable<KillStep> Mixed(int kills)
    {
        LinkState[] states = [LinkState.Cut, LinkState.Slow, LinkState.Stalled];
        var points = 0;
        for (var kill = 0; kill < kills; kill++)
        {
            if (kill % 5 == 4) yield return new Break(kill % 10 == 4, states[kill / 10 % states.Length]);
            yield return (kill % 10) switch
            {
                2 => new Postgres(),
                5 => new Sandbox(),
                8 => new ApiAnytime(),
                _ => new ApiAt(FaultPoint.All[points++ % FaultPoint.All.Count]),
            };
        }
    }

    public static IEnumerable<KillStep> AtEach(IEnumerable<FaultPoint> points, int times) =>
        points.SelectMany(point => Enumerable.Repeat<KillStep>(new ApiAt(point), times));
}
