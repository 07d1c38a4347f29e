namespace System.Collections.Generic;

/// <summary>What .NET Standard 2.0 lacks.</summary>
internal static class DictionaryExtensions
{
    /// <summary>Adds unless the key is there; tells whether it was added.</summary>
    public static bool TryAdd<TKey, TValue>(this Dictionary<TKey, TValue> dictionary, TKey key, TValue value)
    {
        if (dictionary.ContainsKey(key))
        {
            return false;
        }

        dictionary.Add(key, value);
        return true;
    }
}
