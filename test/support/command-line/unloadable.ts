import '../../../lib/withdraw-earlier';

// Stands for a module of the kit that can't be loaded, after a bad merge for example.
throw new Error('crashed while loading');
