using Xunit.Sdk;
using Xunit.v3;

// Each test here has worlds of processes and threads for itself, and fills the machine's cores by its own doing.
[assembly: Parallelization(Mode = ParallelMode.None)]
