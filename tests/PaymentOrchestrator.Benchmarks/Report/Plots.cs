using System.Text;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;

namespace PaymentOrchestrator.Benchmarks.Report;

/// <summary>The report's plots, as SVG files.</summary>
internal static class Plots
{
    public static void Latency(string file, Results results)
    {
        var plot = New("How long payments take", new LogarithmicAxis { Position = AxisPosition.Bottom, Title = "milliseconds" }, new LinearAxis { Position = AxisPosition.Left, Title = "share of payments, %", Minimum = 0 });
        foreach (var (name, title) in new[]
        {
            ("own_latency_histogram", "own time, one client"), ("half_peak_own_latency_histogram", "own time, half of the peak"), ("latency_histogram", "in all, at the peak"),
        })
        {
            var buckets = results.List(name);
            var all = buckets.Sum(bucket => bucket.GetProperty("count").GetDouble());
            var line = new LineSeries { Title = title, StrokeThickness = 2 };
            foreach (var bucket in buckets) line.Points.Add(new DataPoint(bucket.GetProperty("up_to_ms").GetDouble(), 100 * bucket.GetProperty("count").GetDouble() / all));
            if (buckets.Count > 0) plot.Series.Add(line);
        }

        Write(file, plot);
    }

    public static void Clients(string file, Results results)
    {
        var sweep = results.List("clients_sweep");
        var plot = New("Payments per second against clients", new LinearAxis { Position = AxisPosition.Bottom, Title = "clients, each with one request at a time", Minimum = 0 }, new LinearAxis { Position = AxisPosition.Left, Title = "payments/s", Minimum = 0 });
        var line = new LineSeries { Title = "payments/s", MarkerType = MarkerType.Circle, StrokeThickness = 2 };
        foreach (var point in sweep) line.Points.Add(new DataPoint(point.GetProperty("clients").GetDouble(), point.GetProperty("payments_per_s").GetDouble()));
        plot.Series.Add(line);
        if (results.Find("floor_per_s") is { } floor && sweep.Count > 0)
        {
            var straight = new LineSeries { Title = "PostgreSQL alone, the same statements", LineStyle = LineStyle.Dash, StrokeThickness = 2 };
            foreach (var end in new[] { sweep[0], sweep[^1] }) straight.Points.Add(new DataPoint(end.GetProperty("clients").GetDouble(), floor));
            plot.Series.Add(straight);
        }

        Write(file, plot);
    }

    public static void Stored(string file, Results results)
    {
        var plot = New("Payments per second against stored payments", new LogarithmicAxis { Position = AxisPosition.Bottom, Title = "payments in the database" }, new LinearAxis { Position = AxisPosition.Left, Title = "payments/s", Minimum = 0 });
        var line = new LineSeries { Title = "payments/s", MarkerType = MarkerType.Circle, StrokeThickness = 2 };
        foreach (var size in results.List("sizes")) line.Points.Add(new DataPoint(size.GetProperty("stored").GetDouble(), size.GetProperty("payments_per_s").GetDouble()));
        plot.Series.Add(line);
        Write(file, plot);
    }

    private static PlotModel New(string title, Axis x, Axis y)
    {
        var plot = new PlotModel { Title = title, Background = OxyColors.White };
        foreach (var axis in new[] { x, y })
        {
            axis.MajorGridlineStyle = LineStyle.Solid;
            axis.MajorGridlineColor = OxyColor.FromRgb(224, 224, 224);
            plot.Axes.Add(axis);
        }

        plot.Legends.Add(new Legend { LegendPosition = LegendPosition.BottomRight, LegendBackground = OxyColor.FromArgb(220, 255, 255, 255) });
        return plot;
    }

    private static void Write(string file, PlotModel plot) =>
        File.WriteAllText(file, new SvgExporter { Width = 760, Height = 400 }.ExportToString(plot), new UTF8Encoding(false));
}
